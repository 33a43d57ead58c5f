//! The fault matrix comes to every step of checkout.

use scenarios::matrix::{ELSEWHERE, STEPS};

#[test]
fn every_step_of_checkout_has_a_row_of_the_matrix_or_a_reason() {
    let rows = STEPS.iter().map(|(step, _)| *step);
    let covered: Vec<&str> = rows.chain(ELSEWHERE.iter().map(|(step, _)| *step)).collect();
    let steps: Vec<&str> = checkout::trial::steps().collect();
    for step in &steps {
        assert!(covered.contains(step), "{step} has no row");
    }
    for step in covered {
        assert!(steps.contains(&step), "{step} is no step of checkout");
    }
}
