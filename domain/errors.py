"""Every error Senoscope raises on purpose, named by who can act on it.

SenoscopeError
|- SourceError            the person at the probe: choose, plug in or replace the source
|  |- SourceUnavailable   it could not be opened
|  `- SourceLost          it was open and went away
|- ImageError             whoever made the picture: its size, depth or content is unusable
|- SettingsError          whoever typed the value
|- StorageError           whoever owns the disk: read-only, full, no permission
|- DataSetError           the researcher: the data set's layout is not what its authors published
`- InstallationError      the site engineer
   |- EngineUnavailable   an inference back end is missing or refuses to load
   |- ModelPackageError   weights or their card are missing, damaged or of another version
   |- PacsError           the other side is not there or refuses (studies/network/failures.py)
   `- PortInUse           the page's port is taken

A message says what was given, what was expected and what to do.
"""


class SenoscopeError(Exception):
    """Root of the tree; `str(error)` is fit for the person who can act on it."""


class SourceError(SenoscopeError):
    """The picture source is the trouble."""


class SourceUnavailable(SourceError):
    """The source could not be opened."""


class SourceLost(SourceError):
    """The source was open and stopped delivering usable pictures."""


class ImageError(SenoscopeError):
    """A picture has a size, depth or content that cannot be read."""


class SettingsError(SenoscopeError):
    """A setting or argument is outside what is accepted."""


class StorageError(SenoscopeError):
    """A file could not be written; nothing half-written was left."""


class DataSetError(SenoscopeError):
    """A data set does not have the layout that was asked for."""


class InstallationError(SenoscopeError):
    """Something that should be installed or running is not."""


class EngineUnavailable(InstallationError):
    """An inference back end cannot be used on this machine."""


class ModelPackageError(InstallationError):
    """A model package is missing, damaged or of another version."""


class PortInUse(InstallationError):
    """Another program listens on the page's port."""
