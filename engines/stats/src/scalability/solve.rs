//! Systems of up to three linear equations.

/// A symmetric matrix of three rows.
pub type Matrix = [[f64; 3]; 3];

/// The solution of `matrix · x = right` for a symmetric, positive definite matrix; `None` when it is not.
///
/// Cholesky's method, after dividing rows and columns by the square roots of the diagonal, so that parameters of very
/// different size do no harm.
pub fn solve(matrix: &Matrix, right: [f64; 3]) -> Option<[f64; 3]> {
    let scale = [0, 1, 2].map(|index| 1.0 / libm::sqrt(matrix[index][index]));
    if !scale.iter().all(|factor| factor.is_finite()) {
        return None;
    }
    let mut root = [[0.0; 3]; 3];
    for row in 0..3 {
        for column in 0..=row {
            let before: f64 = (0..column).map(|index| root[row][index] * root[column][index]).sum();
            let rest = matrix[row][column] * scale[row] * scale[column] - before;
            if row != column {
                root[row][column] = rest / root[column][column];
            } else if rest > 1e-14 {
                root[row][row] = libm::sqrt(rest);
            } else {
                return None;
            }
        }
    }
    let mut half = [0.0; 3];
    for row in 0..3 {
        let before: f64 = (0..row).map(|index| root[row][index] * half[index]).sum();
        half[row] = (right[row] * scale[row] - before) / root[row][row];
    }
    let mut solution = [0.0; 3];
    for row in (0..3).rev() {
        let after: f64 = (row + 1..3).map(|index| root[index][row] * solution[index]).sum();
        solution[row] = (half[row] - after) / root[row][row];
    }
    Some([0, 1, 2].map(|index| solution[index] * scale[index]))
}

/// The inverse of a symmetric, positive definite matrix.
pub fn inverse(matrix: &Matrix) -> Option<Matrix> {
    let column = |index: usize| solve(matrix, [0, 1, 2].map(|row| if row == index { 1.0 } else { 0.0 }));
    Some([column(0)?, column(1)?, column(2)?])
}

/// `gradientᵀ · matrix · gradient`: the variance of a function of estimates with that covariance, by the delta method.
pub fn variance(matrix: &Matrix, gradient: [f64; 3]) -> f64 {
    let of_row = |row: usize| -> f64 { (0..3).map(|column| matrix[row][column] * gradient[column]).sum() };
    (0..3).map(|row| gradient[row] * of_row(row)).sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_solution_is_the_right_side() {
        let matrix = [[4e6, 2.0, 0.6], [2.0, 5e-3, 1e-6], [0.6, 1e-6, 3e-6]];
        let solution = solve(&matrix, [1.0, -2.0, 3.0]).unwrap();
        for (row, right) in matrix.iter().zip([1.0, -2.0, 3.0]) {
            let left: f64 = row.iter().zip(solution).map(|(entry, x)| entry * x).sum();
            assert!((left - right).abs() < 1e-9, "{left}");
        }
        assert_eq!(solve(&[[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [1.0; 3]), None);
        assert_eq!(solve(&[[0.0; 3]; 3], [1.0; 3]), None);
    }
}
