"""Derivations that run: proofs whose every line is evaluated and checked."""

from mathml_jax.derivations import (
    adam_bias_correction,
    chain_rule,
    change_of_variables,
    gaussian_maximum_likelihood,
    gradient_descent_bound,
    gradient_descent_rate,
    heavy_ball,
    integration_by_parts,
    inverse_transform,
    kkt_system,
    leibniz_rule,
    newton_rate,
    newton_step,
    normal_fisher_information,
    reparameterisation,
    score_function,
    simpson_rule,
    soft_threshold,
    softmax_cross_entropy,
    softmax_jacobian,
    student_mixture,
    t_statistic,
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
    heavy_ball.DERIVATION,
    adam_bias_correction.DERIVATION,
    newton_step.DERIVATION,
    newton_rate.DERIVATION,
    soft_threshold.DERIVATION,
    kkt_system.DERIVATION,
    gaussian_maximum_likelihood.DERIVATION,
    normal_fisher_information.DERIVATION,
    inverse_transform.DERIVATION,
    student_mixture.DERIVATION,
    t_statistic.DERIVATION,
    reparameterisation.DERIVATION,
    score_function.DERIVATION,
    softmax_jacobian.DERIVATION,
    softmax_cross_entropy.DERIVATION,
)
