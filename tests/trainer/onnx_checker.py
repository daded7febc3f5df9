"""Passes every model of a folder through ONNX's own checker, shapes included: onnx_checker.py FOLDER"""
import os
import pathlib
import sys

try:
    import onnx
except ImportError:
    print("skipped: Python's onnx is not installed (Debian: apt-get install python3-onnx)")
    sys.exit(1 if os.environ.get("CI") else 77)

models = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
for path in models:
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version == 8 and model.opset_import[0].version == 13
    assert [i.name for i in model.graph.input] == ["ink"]
    assert [o.name for o in model.graph.output] == ["probabilities"]
    print(f"{path.name}: accepted, {len(model.graph.node)} nodes")
sys.exit(0 if models else 1)
