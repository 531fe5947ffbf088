"""The studentized range against integrals in Arb's arithmetic, published tables, and its law for two numbers."""

import re

import jax
import numpy as np

from mathml_jax.special import _range_law as law
from mathml_jax.special import studentized
from mathml_jax.special.error import log_ndtr
from mathml_jax.special.student import stdtr

INF, NAN = np.inf, np.nan
cdf, sf = studentized.studentized_range_cdf, studentized.studentized_range_sf
density = studentized.studentized_range_cdf_derivative

# q, k, df, the lower tail, the upper one and the density, by the trapezoidal rule in ball arithmetic of 160 bits.
VALUES = (
    (3.5, 3.0, 10.0, 0.9228966891615882, 0.07710331083841182, 0.08790744291452138),
    (0.5, 3.0, 5.0, 0.06570146017660809, 0.934298539823392, 0.2504686684357778),
    (20.0, 3.0, 10.0, 0.9999998316461004, 1.683538996139714e-07, 8.03996551731051e-08),
    (1.0, 20.0, 4.0, 3.8417613069610304e-05, 0.9999615823869303, 0.0004887736170294853),
    (100.0, 4.0, 3.0, 0.9999808594785481, 1.9140521451921895e-05, 5.73862970025477e-07),
    (10000.0, 2.5, 2.0, 0.9999999713021855, 2.8697814403662776e-08, 5.739562688018975e-12),
    (8.0, 10.0, 60.0, 0.9999806500133285, 1.934998667156448e-05, 5.131748856687795e-05),
    (5.0, 3.0, 1.0, 0.7392921497833452, 0.26070785021665477, 0.048581361640720556),
    (12.0, 50.0, 1.5, 0.8067506357053222, 0.19324936429467773, 0.02262212273210066),
    (3.0, 2.0, INF, 0.9661051464753108, 0.033894853524689274, 0.05946514461181469),
    (15.0, 6.0, INF, 1.0, 4.1649740676704455e-25, 3.1510240220646316e-24),
    (0.05, 3.0, 7.0, 0.0006888535708354344, 0.9993111464291645, 0.027541845405153698),
    (30.0, 3.0, 10000.0, 1.0, 3.0171055683997874e-97, 4.34035328377923e-96),
    (6.0, 7.0, 300.0, 0.9994184102891359, 0.0005815897108640483, 0.0016939831106881022),
    (9.0, 100.0, 25.0, 0.9978105054706057, 0.0021894945293943636, 0.003475026272222939),
    (1.5, 3.3, 0.5, 0.2424143674947912, 0.7575856325052088, 0.17385631297188103),
)


@jax.jit
def _everything(q, k, df):
    return *law.tails(q, k, df), *law.density(q, k, df)


def everything(q, k, df, dtype=np.float64):
    """Both tails, their logarithms, the density and its logarithm, always of sixteen numbers: one program."""
    points = np.broadcast_arrays(q, k, df)
    shape, size = points[0].shape, points[0].size
    found = _everything(*(np.resize(x, 16).astype(dtype) for x in points))
    return [np.asarray(x)[:size].reshape(shape) for x in found]


def test_both_tails_and_the_density_against_balls():
    q, k, df, *expected = np.array(VALUES).T
    lower, upper, log_lower, log_upper, plain, log = everything(q, k, df)
    for got, value in zip((lower, upper, plain), expected, strict=True):
        # To the last digits but for what a rounding of q does to the far tail.
        np.testing.assert_allclose(got, value, rtol=4e-14)
    for got, value in zip((log_lower, log_upper, log), expected, strict=True):
        np.testing.assert_allclose(got, np.log(value), rtol=4e-14, atol=4e-14)


def test_float32():
    q, k, df, *expected = np.array(VALUES).T
    lower, upper, _, log_upper, plain, _ = everything(q, k, df, np.float32)
    for got, value in zip((lower, upper, plain), expected, strict=True):
        assert got.dtype == np.float32
        seen = value > np.finfo(np.float32).tiny
        np.testing.assert_allclose(got[seen], value[seen], rtol=64 * np.finfo(np.float32).eps)
    np.testing.assert_allclose(log_upper[12], np.log(expected[1][12]), rtol=4e-7)
    args = [np.full(3, v, np.float32) for v in (3.0, 3.0, 10.0)]
    for function in (sf, density):
        assert not re.search(r"f64\[\d", str(jax.make_jaxpr(function)(*args)))


# Pearson and Hartley, "Biometrika tables for statisticians", volume 1, table 29.
POINTS = (
    (0.05, 2, 5, 3.64), (0.05, 3, 10, 3.88), (0.05, 5, 20, 4.23), (0.05, 10, 60, 4.65), (0.05, 20, INF, 5.01),
    (0.01, 2, 5, 5.70), (0.01, 3, 10, 5.27), (0.01, 5, 20, 5.29), (0.01, 10, 60, 5.45), (0.01, 20, INF, 5.65),
)  # fmt: skip


def test_upper_points_of_published_tables():
    p, k, df, q = np.array(POINTS).T
    assert np.all(everything(q - 0.0051, k, df)[1] > p)
    assert np.all(everything(q + 0.0051, k, df)[1] < p)


def test_of_two_numbers_it_is_students_law():
    q, df = np.array([1e-8, 0.3, 2.0, 300.0])[:, None], np.array([0.7, 3.0, 1e6, INF])
    lower, upper, *_ = everything(q, 2.0, df)
    tail = 2 * stdtr(df, -q / np.sqrt(2))
    np.testing.assert_allclose(upper, tail, rtol=3e-13)
    np.testing.assert_allclose(lower[1:], 1 - tail[1:], rtol=4e-14)


def test_far_tails():
    """A power of q for finite df, however far; the bell for a known scale; the power of its beginning near 0."""
    q = np.array([1e20, 1e60])
    log_upper = everything(q, 4.0, 3.0)[3]
    np.testing.assert_allclose(log_upper[0] - log_upper[1], 3 * np.log(1e40), rtol=1e-14)
    q = np.array([100.0, 1e3, 1e6])
    # Three pairs, each beyond it with probability 2 Q(q / sqrt 2).
    np.testing.assert_allclose(everything(q, 3.0, INF)[3], np.log(6) + log_ndtr(-q / np.sqrt(2)), rtol=1e-14)
    log_lower = everything(np.array([1e-140, 1e-40]), 3.5, 7.0)[2]
    np.testing.assert_allclose(log_lower[1] - log_lower[0], 2.5 * np.log(1e100), rtol=1e-14)


SLOPES = jax.jit(jax.vmap(jax.grad(lambda q, k, df: law.tails(q, k, df).log_upper, (0, 1, 2))))


def test_derivatives_in_everything_against_differences():
    point = np.array([(3.0, 3.0, 10.0), (9.0, 12.3, 60.0), (0.2, 4.0, 5.0), (30.0, 2.5, 3.0)]).T
    for i, slope in enumerate(SLOPES(*point)):
        step = np.zeros((3, 4))
        step[i] = 1e-3 * point[i]
        moved = everything(*np.stack([point + j * step for j in (1, -1, 2, -2)], axis=1))[3]
        expected = (8 * (moved[0] - moved[1]) - (moved[2] - moved[3])) / (12 * step[i])
        np.testing.assert_allclose(slope, expected, rtol=2e-9, atol=1e-13)


def test_slope_in_df_falls_as_its_square():
    """Off by a rounding of the tail over df, it keeps half of its digits at 1e6."""
    df = np.array([1e4, 1e5, 1e6, INF])
    *scaled, last = np.asarray(SLOPES(np.full(4, 3.5), np.full(4, 4.0), df)[2]) * np.minimum(df, 1e6) ** 2
    np.testing.assert_allclose(scaled[:2], scaled[2], rtol=1e-3)
    np.testing.assert_allclose(scaled[1], scaled[2], rtol=1e-4)
    assert last == 0


def test_second_derivatives():
    """In the number of numbers and the degrees of freedom, mixed."""
    slope = jax.grad(sf, 1)
    step = 1e-3
    expected = (slope(3.5, 4.0, 10.0 + step) - slope(3.5, 4.0, 10.0 - step)) / (2 * step)
    np.testing.assert_allclose(jax.grad(slope, 2)(3.5, 4.0, 10.0), expected, rtol=1e-6)


def test_edges_and_bad_input():
    q = np.array([-INF, -1.0, 0.0, INF, NAN])
    lower, upper, log_lower, log_upper, plain, log = everything(q, 3.0, 5.0)
    np.testing.assert_array_equal(lower, [0, 0, 0, 1, NAN])
    np.testing.assert_array_equal(upper, [1, 1, 1, 0, NAN])
    np.testing.assert_array_equal(log_lower, [-INF, -INF, -INF, 0, NAN])
    np.testing.assert_array_equal(log_upper, [0, 0, 0, -INF, NAN])
    np.testing.assert_array_equal(plain, [0, 0, 0, 0, NAN])
    np.testing.assert_array_equal(log, [-INF, -INF, -INF, -INF, NAN])
    k, df = np.array([(1.9, 5.0), (INF, 5.0), (3.0, 0.0), (3.0, -1.0), (NAN, 5.0), (3.0, NAN)]).T
    assert np.all(np.isnan(everything(1.0, k, df)))
    slopes = jax.grad(cdf, (0, 1, 2))(0.0, 2.0, INF)
    np.testing.assert_allclose(slopes, [1 / np.sqrt(np.pi), 0, 0], rtol=1e-13, atol=1e-100)


def test_dtypes():
    for function in (cdf, sf, density):
        for args, dtype in (((np.float16(3.5), np.float16(3), np.float16(10)), np.float16), ((3, 3, 10), np.float64)):
            assert jax.eval_shape(function, *args).dtype == dtype
    assert cdf(np.ones((2, 0)), 3.0, 10.0).shape == (2, 0)
