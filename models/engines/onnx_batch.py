"""An ONNX model of one frame as one of any number of frames, with the same weights."""

from __future__ import annotations

from senoscope.domain.errors import EngineUnavailable, ModelPackageError


def with_any_batch(content: bytes) -> bytes:
    """The ONNX model in `content` with a first side of any length.

    EngineUnavailable where the package onnx is missing; ModelPackageError of a model that it finds
    fault with.
    """
    try:
        import onnx  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EngineUnavailable(
            f"The ONNX files must be made ready for batches, and onnx cannot be imported ({error})."
            " Run: pip install 'senoscope[train]', or take --back-end python."
        ) from error
    model = onnx.load_from_string(content)
    for port in (*model.graph.input, *model.graph.output):
        port.type.tensor_type.shape.dim[0].dim_param = "batch"
    # The shapes between, which whoever loads it works out anew.
    del model.graph.value_info[:]
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise ModelPackageError(
            f"The network cannot be made ready for batches ({' '.join(str(error).split())[:200]}). "
            "Export it again as an ONNX file that onnx.checker passes, or take --back-end python."
        ) from error
    batched: bytes = model.SerializeToString()
    return batched
