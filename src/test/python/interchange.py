"""Weights of S5 for the JVM in the official JAX code, and the other way round.

    python3 interchange.py check S5_CHECKOUT WEIGHTS.safetensors    official code, our weights: same answers?
    python3 interchange.py make S5_CHECKOUT OUT.safetensors [KEY=VALUE ...]    new official weights, with answers
    python3 interchange.py same A.safetensors B.safetensors         are all weights equal, bit for bit?

S5_CHECKOUT is a checkout of github.com/lindermanlab/S5; it is copied, not changed. WEIGHTS is what
`s5 export CHECKPOINT WEIGHTS.safetensors check=8` writes. Needs jax, flax, optax and safetensors.
"""

import json
import os
import shutil
import sys
import tempfile
from functools import partial

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

TOLERANCE = 5e-6  # of answers up to 1; of larger ones so much of their size

DEFAULTS = dict(C_init="trunc_standard_normal", discretization="zoh", dt_min=0.001, dt_max=0.1,
                conj_sym=True, clip_eigs=False, bidirectional=True, activation_fn="half_glu1",
                prenorm=True, batchnorm=True, bn_momentum=0.95, mode="pool", d_model=12, ssm_size=16,
                blocks=2, n_layers=2, padded=False, retrieval=False, tokens=False, seq_len=40, in_dim=3,
                n_classes=5, targets=0, mask_states=False)


def read(file):
    """Arrays by name, and the settings in the metadata."""
    with safe_open(file, "np") as f:
        arrays = {name: f.get_tensor(name) for name in f.keys()}
        return arrays, json.loads((f.metadata() or {}).get("official", "{}"))


def pairs(array):
    """Complex numbers as the official code keeps them: a last dimension of 2."""
    return np.stack([array.real, array.imag], -1) if np.iscomplexobj(array) else array


def nested(arrays):
    """The official trees of flat names: parameters, and running statistics."""
    params, stats = {}, {}
    for name, array in arrays.items():
        path = name.split("/")
        if path[0] == "check":
            continue
        tree = stats if path[-1] in ("mean", "var") else params
        for part in path[:-1]:
            tree = tree.setdefault(part, {})
        tree[path[-1]] = pairs(array)
    return params, stats


def flat(tree, prefix=""):
    """Names with slashes of a nested tree."""
    out = {}
    for key, value in tree.items():
        name = prefix + key
        out.update(flat(value, name + "/") if hasattr(value, "items") else {name: np.asarray(value)})
    return out


def official(checkout):
    """Imports a copy of the checkout, with names that newer releases of JAX removed put right."""
    folder = tempfile.mkdtemp()
    shutil.copytree(os.path.join(checkout, "s5"), os.path.join(folder, "s5"))
    for name in os.listdir(os.path.join(folder, "s5")):
        if name.endswith(".py"):
            path = os.path.join(folder, "s5", name)
            with open(path) as f:
                text = f.read()
            text = text.replace("np.DeviceArray", "jax.Array").replace(".unfreeze()", "")
            with open(path, "w") as f:
                f.write(text.replace("jax.tree_leaves", "jax.tree_util.tree_leaves"))
    sys.path.insert(0, folder)
    import jax
    jax.config.update("jax_default_matmul_precision", "highest")


def build(c):
    """The official model of some settings, for evaluation."""
    import jax.numpy as jnp
    from jax.scipy.linalg import block_diag
    from s5.seq_model import BatchClassificationModel, RetrievalModel
    from s5.ssm import init_S5SSM
    from s5.ssm_init import make_DPLR_HiPPO
    if c["targets"]:
        raise SystemExit("the official main branch has no regression; its branch pendulum has")
    if c["mask_states"] and c["bidirectional"]:
        raise SystemExit("the official code lets padding into the states: train with model.mask_states=false")
    size = c["ssm_size"] // c["blocks"]
    lam, _, _, v, _ = make_DPLR_HiPPO(size)
    states = c["ssm_size"]
    if c["conj_sym"]:
        size //= 2
        states //= 2
    lam = lam[:size]
    v = v[:, :size]
    lam = (lam * jnp.ones((c["blocks"], size))).ravel()
    inverse = block_diag(*([v.conj().T] * c["blocks"]))
    v = block_diag(*([v] * c["blocks"]))
    ssm = init_S5SSM(H=c["d_model"], P=states, Lambda_re_init=lam.real, Lambda_im_init=lam.imag, V=v,
                     Vinv=inverse, C_init=c["C_init"], discretization=c["discretization"],
                     dt_min=c["dt_min"], dt_max=c["dt_max"], conj_sym=c["conj_sym"],
                     clip_eigs=c["clip_eigs"], bidirectional=c["bidirectional"])
    kind = RetrievalModel if c["retrieval"] else partial(BatchClassificationModel, mode=c["mode"])
    return kind(ssm=ssm, d_output=c["n_classes"], d_model=c["d_model"], n_layers=c["n_layers"],
                padded=c["padded"], activation=c["activation_fn"], dropout=0.0, training=False,
                prenorm=c["prenorm"], batchnorm=c["batchnorm"], bn_momentum=c["bn_momentum"])


def inputs(c, arrays):
    """What the official model takes, of the samples in a file."""
    import jax
    if c["tokens"]:
        x = jax.nn.one_hot(arrays["check/tokens"].astype(int), c["in_dim"])
    else:
        x = arrays["check/x"]
    steps = np.ones(x.shape[:2], np.float32)
    return ((x, arrays["check/lengths"]) if c["padded"] else x), steps


def answers(model, params, stats, given):
    return np.asarray(model.apply({"params": params, "batch_stats": stats}, *given))


def check(checkout, file):
    arrays, settings = read(file)
    if "check/answers" not in arrays:
        raise SystemExit(file + ": has no samples; export it with check=8")
    official(checkout)
    model = build(settings)
    given = inputs(settings, arrays)
    params, stats = nested(arrays)
    import jax
    drawn = model.init({"params": jax.random.PRNGKey(0), "dropout": jax.random.PRNGKey(1)}, *given)
    expected = {name: a.shape for name, a in flat(drawn["params"]).items()}
    expected.update({name: a.shape for name, a in flat(drawn.get("batch_stats", {})).items()})
    found = {name: a.shape for name, a in {**flat(params), **flat(stats)}.items()}
    if expected != found:
        raise SystemExit("%s: names and shapes are not the official ones: %s"
                         % (file, sorted(set(expected.items()) ^ set(found.items()))))
    said = answers(model, params, stats, given)
    ours = arrays["check/answers"]
    worst = float(np.abs(said - ours).max())
    scaled = float((np.abs(said - ours) / np.maximum(1, np.abs(said))).max())
    print("%s: %d tensors, %d answers up to %.3g, largest difference %.3g, %.3g of the answer's size"
          % (file, len(found), said.size, np.abs(said).max(), worst, scaled))
    if not scaled <= TOLERANCE:
        raise SystemExit("more than %g" % TOLERANCE)


def make(checkout, file, words):
    settings = dict(DEFAULTS)
    for word in words:
        key, value = word.split("=", 1)
        settings[key] = type(DEFAULTS[key])(json.loads(value)) if not isinstance(DEFAULTS[key], str) else value
    official(checkout)
    import jax
    model = build(settings)
    random = np.random.default_rng(settings["d_model"])
    n, length = 4 * (2 if settings["retrieval"] else 1), settings["seq_len"]
    arrays = {}
    if settings["tokens"]:
        arrays["check/tokens"] = random.integers(0, settings["in_dim"], (n, length)).astype(np.float32)
    else:
        arrays["check/x"] = random.normal(size=(n, length, settings["in_dim"])).astype(np.float32)
    if settings["padded"]:
        arrays["check/lengths"] = random.integers(1, length + 1, n).astype(np.float32)
    given = inputs(settings, arrays)
    drawn = model.init({"params": jax.random.PRNGKey(3), "dropout": jax.random.PRNGKey(1)}, *given)
    params = drawn["params"]
    stats = {name: (random.normal(size=a.shape) ** 2 + 0.1).astype(np.float32)
             for name, a in flat(drawn.get("batch_stats", {})).items()}
    arrays["check/answers"] = answers(model, params, nested(stats)[1], given)
    # flattened as flax.traverse_util.flatten_dict(state, sep="/") does
    arrays.update({"params/" + name: a for name, a in flat(params).items()})
    arrays.update({"batch_stats/" + name: a for name, a in stats.items()})
    save_file({k: np.ascontiguousarray(a, np.float32) for k, a in arrays.items()}, file,
              {"official": json.dumps(settings)})
    print("%s: %d tensors" % (file, len(arrays)))


def same(a, b):
    def weights(file):
        return {name.replace("params/", "").replace("batch_stats/", ""): pairs(array)
                for name, array in read(file)[0].items() if not name.startswith("check/")}
    a, b = weights(a), weights(b)
    if a.keys() != b.keys():
        raise SystemExit("other names: %s" % sorted(a.keys() ^ b.keys()))
    for name in a:
        if a[name].shape != b[name].shape or a[name].tobytes() != b[name].tobytes():
            raise SystemExit("other values: " + name)
    print("%d tensors, equal bit for bit" % len(a))


if __name__ == "__main__":
    command, arguments = (sys.argv + [""])[1], sys.argv[2:]
    if command == "check" and len(arguments) == 2:
        check(*arguments)
    elif command == "make" and len(arguments) >= 2:
        make(arguments[0], arguments[1], arguments[2:])
    elif command == "same" and len(arguments) == 2:
        same(*arguments)
    else:
        raise SystemExit(__doc__)
