// How lengths are worded: each with its interval, and with what says how large a pixel is.

const ANY_ANGLE = 60;   // degrees: a wider interval says nothing of how a lesion lies
const FURTHER = ['orientation', 'area', 'depth', 'skin_distance'];

const digits = ({ unit }, value) => value.toFixed(unit === '°' ? 0 : 1);
const figure = (one) => `${digits(one, one.value)}${one.unit === '°' ? '' : ' '}${one.unit}`;
const intervalOf = (one) => t('interval', { low: digits(one, one.lower), high: digits(one, one.upper) });
const scaleOf = ({ origin, percent }) => t('scale_from', { origin: t(`origin_${origin}`), percent });

const axesOf = ({ long_axis: long, short_axis: short }) => t('axes', { long: digits(long, long.value), short: digits(short, short.value) });

function axesWithin({ long_axis: long, short_axis: short }) {
  return t('intervals', {
    long_low: digits(long, long.lower), long_high: digits(long, long.upper),
    short_low: digits(short, short.lower), short_high: digits(short, short.upper),
  });
}

// Of one of FURTHER: its figure, "" where there is none, and its interval or why there is none.
function furtherOf(measured, name) {
  const one = measured[name];
  if (one === null) return ['', t('no_skin_line')];
  if (name === 'orientation' && one.upper - one.lower > ANY_ANGLE) return ['', t('orientation_any')];
  return [figure(one), intervalOf(one)];
}
