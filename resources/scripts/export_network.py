#!/usr/bin/env python3
"""Write a denoiser that was trained elsewhere in the layout that "inflaton-cli import-network" reads.

The layout is an .npz with the network's state_dict as w/<name> (float32), the eigenbasis of the data
(eigs [D], W [D, D] with eigenvectors in columns, mean [D] if it is not zero) and the noise schedule
(g [D], gamma0, rho, M), beside a .json that says which network it is.

From Python:

    from export_network import write_network
    write_network("net", module.state_dict(), settings, eigs=eigs, W=W, g=g, rho=2.0)

From a shell, with a checkpoint and an .npz that holds eigs, W, g, rho (and gamma0, M, mean if they differ):

    export_network.py checkpoint.pt --basis basis.npz --settings settings.json --output net
    inflaton-cli import-network net.npz net.json net.safetensors

settings.json holds model_type, precond, space, data_name, data_dim, dims_to_keep and the architecture's own settings
(ToyConvUNet: channels, fc_embed_dim, conv_embed_dim, out_ch; ToySongUNet: img_res, model_channels, channel_mult,
num_blocks, attn_resolutions, dropout). What is left out of the architecture's settings takes the values of the paper.
"""
import argparse
import json
import sys

import numpy as np

ARCHITECTURES = {
    "ToyConvUNet": {"channels": [32, 64, 128, 256], "fc_embed_dim": 2, "conv_embed_dim": 256, "out_ch": 1},
    "ToySongUNet": {"img_res": 8, "model_channels": 128, "channel_mult": [1, 2, 2, 2], "num_blocks": 4,
                    "attn_resolutions": [16], "dropout": 0.10},
}
REQUIRED = ("model_type", "data_name", "data_dim", "dims_to_keep")


class ExportError(Exception):
    """Something about the input that the user can mend."""


def as_array(name, value):
    """A NumPy array of a tensor, an array or a number."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise ExportError(f"{name} holds {array.dtype}, not numbers")
    if not np.isfinite(array).all():
        raise ExportError(f"{name} holds values that are not finite")
    return array


def weight_arrays(state_dict):
    """w/<name> in float32; names get the "model." of the reference's preconditioning module when none has it."""
    if not state_dict:
        raise ExportError("the state_dict is empty")
    prefix = "" if any(name.startswith("model.") for name in state_dict) else "model."
    arrays = {}
    for name, value in state_dict.items():
        array = as_array(name, value)
        if array.dtype == np.float64 and not np.array_equal(array.astype(np.float32), array):
            print(f"note: {name} is rounded from float64 to float32", file=sys.stderr)
        arrays["w/" + prefix + name] = array.astype(np.float32)
    return arrays


def complete_settings(settings):
    missing = [field for field in REQUIRED if field not in settings]
    if missing:
        raise ExportError("the settings lack " + ", ".join(missing))
    kind = settings["model_type"]
    if kind not in ARCHITECTURES:
        raise ExportError(f"model_type is {kind!r}; allowed: " + ", ".join(ARCHITECTURES))
    return {"precond": "ifs", "space": "ES", **ARCHITECTURES[kind], **settings}


def write_network(output, state_dict, settings, *, eigs, W, g, rho, gamma0=5e-4, M=1000, mean=None):
    """Write OUTPUT.npz and OUTPUT.json. Arrays keep their float type; other numbers become float64."""
    settings = complete_settings(settings)
    arrays = weight_arrays(state_dict)
    for name, value in (("eigs", eigs), ("W", W), ("g", g), ("rho", rho), ("gamma0", gamma0), ("M", M), ("mean", mean)):
        if value is not None:
            array = as_array(name, value)
            arrays[name] = array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
    dim = arrays["eigs"].size
    for name, shape in (("eigs", (dim,)), ("W", (dim, dim)), ("g", (dim,)), ("rho", ()), ("gamma0", ()), ("M", ()), ("mean", (dim,))):
        if name in arrays and arrays[name].shape != shape:
            raise ExportError(f"{name} has the shape {arrays[name].shape}; needed: {shape}")
    if not np.all(arrays["eigs"] > 0):
        raise ExportError("eigs holds values that are not above 0")
    if not np.allclose(arrays["W"].T @ arrays["W"], np.eye(dim), atol=1e-4):
        raise ExportError("W is not orthonormal; its columns must be the eigenvectors")
    np.savez(output + ".npz", **arrays)
    with open(output + ".json", "w", encoding="utf-8") as file:
        json.dump(settings, file, indent=1)
        file.write("\n")


def state_dict_of(checkpoint, key):
    """The state_dict inside whatever a checkpoint holds."""
    if key:
        for part in key.split("."):
            if not hasattr(checkpoint, "keys") or part not in checkpoint:
                known = ", ".join(checkpoint) if hasattr(checkpoint, "keys") else "nothing by name"
                raise ExportError(f"the checkpoint has no {part!r}; it has {known}")
            checkpoint = checkpoint[part]
    elif hasattr(checkpoint, "keys"):
        for usual in ("ema", "net", "state_dict", "model"):
            if usual in checkpoint and (hasattr(checkpoint[usual], "keys") or hasattr(checkpoint[usual], "state_dict")):
                checkpoint = checkpoint[usual]
                break
    if hasattr(checkpoint, "state_dict"):
        checkpoint = checkpoint.state_dict()
    if not hasattr(checkpoint, "items"):
        raise ExportError(f"the checkpoint holds a {type(checkpoint).__name__}, not a state_dict; name the right part with --key")
    return dict(checkpoint.items())


def load_npz(path):
    try:
        with np.load(path, allow_pickle=False) as file:
            if not hasattr(file, "files"):
                raise ExportError(f"{path} is a single array, not an .npz")
            return {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise ExportError(f"{path} cannot be read as an .npz: {error}") from error


def load_checkpoint(path, trust):
    if path.endswith(".npz"):
        return load_npz(path)
    try:
        import torch
    except ImportError as error:
        raise ExportError(f"{path} needs PyTorch, which is not installed here; "
                          "an .npz of the state_dict needs NumPy only") from error
    try:
        if trust:
            try:
                return torch.load(path, map_location="cpu", weights_only=False)
            except TypeError:  # before PyTorch 1.13
                return torch.load(path, map_location="cpu")
        return torch.load(path, map_location="cpu", weights_only=True)
    except TypeError as error:
        raise ExportError("this PyTorch cannot load weights without running code; pass --trust for files that you trust") from error
    except Exception as error:
        raise ExportError(f"{path} cannot be loaded: {error}" + ("" if trust else
                          "\n(whole modules are loaded with --trust only: loading them runs code from the file)")) from error


def load_settings(path):
    try:
        with open(path, encoding="utf-8") as file:
            settings = json.load(file)
    except (OSError, ValueError) as error:
        raise ExportError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(settings, dict):
        raise ExportError(f"{path} is no JSON object")
    return settings


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="a .pt file (a state_dict, or a dictionary that holds one) or an .npz of the state_dict")
    parser.add_argument("--basis", required=True, help=".npz with eigs, W, g, rho; and gamma0 (else 5e-4), M (else 1000), mean (else 0)")
    parser.add_argument("--settings", required=True, help=".json with model_type, data_name, data_dim, dims_to_keep, ...")
    parser.add_argument("--output", required=True, help="OUTPUT.npz and OUTPUT.json are written")
    parser.add_argument("--key", default="", help="where in the checkpoint the network is, as a.b; else ema, net, state_dict or model if there")
    parser.add_argument("--trust", action="store_true", help="load whole modules, which runs code from the file")
    options = parser.parse_args(arguments)
    try:
        basis = load_npz(options.basis)
        missing = [name for name in ("eigs", "W", "g", "rho") if name not in basis]
        if missing:
            raise ExportError(f"{options.basis} lacks " + ", ".join(missing))
        chosen = {name: basis[name] for name in ("eigs", "W", "g", "rho", "gamma0", "M", "mean") if name in basis}
        state = state_dict_of(load_checkpoint(options.checkpoint, options.trust), options.key)
        write_network(options.output, state, load_settings(options.settings), **chosen)
    except (ExportError, OSError) as error:
        print(f"export_network.py: error: {error}", file=sys.stderr)
        return 1
    print(f"wrote {options.output}.npz and {options.output}.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
