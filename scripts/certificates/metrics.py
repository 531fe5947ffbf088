"""Rows of the chapter metrics."""

from certificates.exact import mean, total
from certify import Row

from mathml_jax import metrics


def _predictions(rng, count, info):
    y = rng.normal(size=(count, 100))
    return y, y + rng.uniform(0.01, 2, (count, 1)) * rng.normal(size=y.shape)


def _parts(y, p):
    unexplained, _ = total((a - b) ** 2 for a, b in zip(y, p, strict=True))
    variation, _ = total((a - mean(y)) ** 2 for a in y)
    return unexplained, variation


def _r2_score(y, p):
    unexplained, variation = _parts(y, p)
    return 1 - unexplained / variation, 1 + unexplained / variation


def _gradient(y, p):
    _, variation = _parts(y, p)
    return [2 * (a - b) / variation for a, b in zip(y, p, strict=True)]


ROWS = [
    Row(
        "metrics.r2_score",
        metrics.r2_score,
        _r2_score,
        _predictions,
        "100 predictions, off by 1% to 200%",
        unit="eps Σ",
        samples=200,
    ),
    Row(
        "metrics.r2_score_gradient",
        metrics.r2_score_gradient,
        _gradient,
        _predictions,
        "100 predictions, off by 1% to 200%",
        samples=50,
    ),
]
