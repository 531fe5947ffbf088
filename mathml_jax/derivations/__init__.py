"""Derivations that run: proofs whose every line is evaluated and checked."""

from mathml_jax.derivations import (
    chain_rule,
    change_of_variables,
    gradient_descent_bound,
    gradient_descent_rate,
    integration_by_parts,
    leibniz_rule,
    newton_step,
    simpson_rule,
    softmax_cross_entropy,
    softmax_jacobian,
)
from mathml_jax.derivations.exercises import FunctionCheck as FunctionCheck
from mathml_jax.derivations.exercises import check_function as check_function
from mathml_jax.derivations.steps import Derivation as Derivation
from mathml_jax.derivations.steps import DerivationCheck as DerivationCheck
from mathml_jax.derivations.steps import Step as Step
from mathml_jax.derivations.steps import check_derivation as check_derivation

DERIVATIONS: tuple[Derivation, ...] = (
    chain_rule.DERIVATION,
    simpson_rule.DERIVATION,
    integration_by_parts.DERIVATION,
    change_of_variables.DERIVATION,
    leibniz_rule.DERIVATION,
    gradient_descent_bound.DERIVATION,
    gradient_descent_rate.DERIVATION,
    newton_step.DERIVATION,
    softmax_jacobian.DERIVATION,
    softmax_cross_entropy.DERIVATION,
)
