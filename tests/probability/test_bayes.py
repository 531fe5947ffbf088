import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.probability import bayes_theorem, bayes_theorem_jacobian

EPS = 2.0**-52


def test_posterior_is_a_share_of_counted_cases():
    # Of 100,000 people 1,000 are sick: 900 of them test positive, and 4,950 of the 99,000 healthy.
    np.testing.assert_allclose(
        bayes_theorem([0.01, 0.99] @ np.eye(2), np.array([0.9, 0.05]))[0], 900 / 5850, rtol=4 * EPS
    )


def test_evidence_may_come_all_at_once_or_piece_by_piece():
    draw = np.random.default_rng(0)
    prior, first, second = draw.dirichlet(np.ones(4)), draw.uniform(size=4), draw.uniform(size=4)
    at_once = bayes_theorem(prior, first * second)
    np.testing.assert_allclose(bayes_theorem(bayes_theorem(prior, first), second), at_once, rtol=8 * EPS)
    np.testing.assert_allclose(bayes_theorem(prior, 1e-300 * first), bayes_theorem(prior, first), rtol=8 * EPS)
    np.testing.assert_allclose(bayes_theorem(prior, np.ones(4)), prior, rtol=8 * EPS)


def test_batches_and_dtypes():
    draw = np.random.default_rng(1)
    prior, likelihood = draw.dirichlet(np.ones(3), (2, 5)), draw.uniform(size=(2, 5, 3))
    expected = prior * likelihood
    expected /= expected.sum(-1, keepdims=True)
    np.testing.assert_allclose(bayes_theorem(prior, likelihood), expected, rtol=8 * EPS)
    half = bayes_theorem(jnp.asarray(prior, jnp.bfloat16), jnp.asarray(likelihood, jnp.bfloat16))
    assert half.dtype == jnp.bfloat16
    np.testing.assert_allclose(half.astype(float), expected, rtol=0.03)
    assert bayes_theorem(np.zeros((3, 0)), np.zeros((3, 0))).shape == (3, 0)
    with jax.enable_x64(False):
        assert jax.eval_shape(bayes_theorem, prior, likelihood).dtype == jnp.float32


@pytest.mark.parametrize(
    ("prior", "likelihood", "posterior"),
    [
        ([0.5, 0.5], [0.0, 0.0], None),
        ([0.0, 1.0], [1.0, 0.0], None),
        ([0.5, 0.6], [0.5, 0.5], None),
        ([-0.5, 1.5], [0.5, 0.5], None),
        ([0.5, 0.5], [-0.1, 0.5], None),
        ([0.5, 0.5], [np.inf, 0.5], None),
        ([0.0, 1.0], [1e300, 1e-300], [0.0, 1.0]),
        ([1e-300, 1.0], [1.0, 1e-300], [0.5, 0.5]),
        ([0.0, 1.0], [0.2, 0.3], [0.0, 1.0]),
        ([1.0], [0.3], [1.0]),
    ],
)
def test_edges(prior, likelihood, posterior):
    prior, likelihood = np.array(prior), np.array(likelihood)
    expected = np.full_like(prior, np.nan) if posterior is None else np.array(posterior)
    np.testing.assert_allclose(bayes_theorem(prior, likelihood), expected, rtol=4 * EPS)


def test_jacobian_where_a_hypothesis_is_impossible():
    prior, likelihood = np.array([0.0, 0.4, 0.6]), np.array([0.5, 0.0, 0.7])
    autodiff = jax.jacrev(bayes_theorem, argnums=1)(prior, likelihood)
    np.testing.assert_allclose(bayes_theorem_jacobian(prior, likelihood), autodiff, atol=8 * EPS)
    np.testing.assert_allclose(autodiff @ likelihood, 0, atol=8 * EPS)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("prior", "likelihood", "message"),
    [
        ((2,), (3,), r"bayes_theorem: expected prior and likelihood of equal shape, got \(2,\) and \(3,\)"),
        ((), (), r"bayes_theorem: expected prior with at least 1 axis, got shape \(\)"),
    ],
)
def test_bad_input(prior, likelihood, message):
    with pytest.raises(ValueError, match=message):
        bayes_theorem(np.ones(prior), np.ones(likelihood))
