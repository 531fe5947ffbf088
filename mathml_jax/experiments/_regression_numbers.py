"""The numbers of the linear regression: the birds, the ways to the answer, the figures of merit."""

from typing import NamedTuple

import numpy as np

from mathml_jax.datasets import load_penguins
from mathml_jax.distributions import norm
from mathml_jax.metrics import r2_score
from mathml_jax.models import linear_fit, linear_predict
from mathml_jax.preprocessing import standardize

FEATURES = ("flipper_length_mm", "bill_length_mm", "bill_depth_mm")

Summary = dict[str, float | int]


class Data(NamedTuple):
    """The birds of which everything was measured.

    Attributes:
      features: millimetres, the columns of `FEATURES`, shape [n, 3].
      standardized: the same with mean 0 and variance 1.
      mass: kilograms, shape [n].
      species: one word a bird, shape [n].
    """

    features: np.ndarray
    standardized: np.ndarray
    mass: np.ndarray
    species: np.ndarray

    @property
    def hessian(self) -> np.ndarray:
        """Curvature of the mean squared error in the standardized weights and the intercept, shape [4, 4]."""
        design = with_ones(self.standardized)
        return 2 * design.T @ design / len(design)


class Road(NamedTuple):
    """One optimiser's way from the start, one row a step.

    Attributes:
      weights: of the standardized features, then the intercept, in kilograms, shape [steps + 1, 4].
      updates: what was added in each step, shape [steps, 4].
      twin_updates: what optax's optimiser, fed the same gradients, would have added.
    """

    weights: np.ndarray
    updates: np.ndarray
    twin_updates: np.ndarray


def measured() -> Data:
    """The penguins of which nothing is missing."""
    penguins = load_penguins()
    features = np.column_stack([getattr(penguins, name) for name in FEATURES])
    known = np.isfinite(features).all(1) & np.isfinite(penguins.body_mass_g)
    standardized = np.asarray(standardize(features[known]))
    return Data(features[known], standardized, penguins.body_mass_g[known] / 1000, penguins.species[known])


def with_ones(features: np.ndarray) -> np.ndarray:
    """The features and a column of ones, which carries the intercept."""
    return np.column_stack([features, np.ones(len(features))])


def summarize(data: Data, exact: np.ndarray, roads: dict[str, Road]) -> Summary:
    """The figures of merit."""
    species = np.column_stack([data.species == name for name in np.unique(data.species)[1:]])
    slope, half = slope_and_interval(data.features, data.mass)
    alike, half_alike = slope_and_interval(np.column_stack([data.features, species]), data.mass)
    design = with_ones(data.standardized)
    fitted = design @ exact
    summary: Summary = {
        "penguins": len(data.mass),
        "grams_per_mm": slope,
        "grams_per_mm_interval": half,
        "grams_per_mm_within_species": alike,
        "grams_per_mm_within_species_interval": half_alike,
        "r2": float(r2_score(data.mass, fitted)),
        "rmse_grams": 1000 * float(np.sqrt(np.mean((data.mass - fitted) ** 2))),
        "learning_rate_limit": 2 / float(np.linalg.eigvalsh(data.hessian)[-1]),
        "steps_done": min(len(road.updates) for road in roads.values()),
        "lstsq_difference_in_eps": in_eps(exact, np.linalg.lstsq(design, data.mass)[0]),
    }
    for name, (weights, updates, twin_updates) in roads.items():
        short = name.lower().replace(" ", "_")
        summary[f"{short}_relative_error"] = float(np.max(np.abs(weights[-1] - exact)) / np.max(np.abs(exact)))
        summary[f"{short}_optax_difference_in_eps"] = max(
            in_eps(updates[:, leaf], twin_updates[:, leaf]) for leaf in (slice(3), slice(3, None))
        )
    return summary


def slope_and_interval(features: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """Grams for a unit of the first feature, and half the width of the 95% interval."""
    model = linear_fit(features, mass)
    residuals = mass - np.asarray(linear_predict(model, features))
    design = with_ones(features)
    variance = residuals @ residuals / (len(mass) - design.shape[1])
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0])
    return 1000 * float(model.coef[0]), 1000 * float(norm.ppf(0.975) * error)


def in_eps(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The worst distance in float64's epsilon times the row's largest entry; rows that are not finite are left out."""
    ours, theirs = np.atleast_2d(ours), np.atleast_2d(theirs)
    rows = np.isfinite(ours).all(1) & np.isfinite(theirs).all(1)
    ours, theirs = ours[rows], theirs[rows]
    distance, largest = (np.max(np.abs(x), 1, initial=0) for x in (ours - theirs, theirs))
    return float(np.max(distance / np.where(largest == 0, 1, largest), initial=0) / np.finfo(float).eps)
