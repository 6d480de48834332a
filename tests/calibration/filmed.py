"""What a camera makes of a screen: seen from the side, blurred, dim, noisy, stored as JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.domain.frame import Gray


def filmed(screen: Gray, random: np.random.Generator, size: tuple[int, int] = (900, 700)) -> Gray:
    """A picture of `size` (columns, rows) of a (rows, columns) screen."""
    rows, columns = screen.shape
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    small = min(size[0] / columns, size[1] / rows) * random.uniform(0.4, 0.85)
    seen = corners * small + random.uniform(0, 0.05 * size[0], (4, 2)) + random.uniform(0, 40)
    onto = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    picture = cv2.warpPerspective(screen, onto, size)
    picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.3, 4))
    noise = random.normal(0, 8, picture.shape)
    dim = picture * random.uniform(0.3, 0.8) + random.uniform(0, 50) + noise
    return compressed(np.clip(dim, 0, 255).astype(np.uint8), int(random.integers(20, 90)))


def compressed(picture: Gray, quality: int) -> Gray:
    """Stored as JPEG and read again."""
    _, jpeg = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8)
