"""The pictures of the rooms, in the order of the chapters."""

from mathml_jax.plot.figures import (
    calculus,
    distributions,
    families,
    family_tree,
    fundamentals,
    integrals,
    layers,
    linalg,
    multivariate,
    nn,
    optimisation,
    optimize,
    preprocessing,
    probability,
    stats,
)
from mathml_jax.plot.figures._figure import Figure as Figure

FIGURES: tuple[Figure, ...] = (
    *fundamentals.FIGURES,
    *linalg.FIGURES,
    *calculus.FIGURES,
    *multivariate.FIGURES,
    *integrals.FIGURES,
    *optimize.FIGURES,
    *optimisation.FIGURES,
    *distributions.FIGURES,
    *family_tree.FIGURES,
    *families.FIGURES,
    *probability.FIGURES,
    *stats.FIGURES,
    *nn.FIGURES,
    *layers.FIGURES,
    *preprocessing.FIGURES,
)
