import Glibc

/// The gradient of one task's rows, and the sum of their divergences.
@inline(__always)
func crossEntropy<Scalar: TensorScalar>(_ rows: LastAxisRows, of task: Int, _ pass: LossPass<Scalar>) -> Double {
  guard let weights = pass.weights else { return crossEntropy(rows, of: task, pass) { d, k in d[k] } }
  return weights.classes.table.withUnsafeBufferPointer { weights in
    crossEntropy(rows, of: task, pass) { d, k in weights[k] == 0 ? 0 : d[k] * weights[k] }
  }
}

/// The same with the target of each row's class k.
@inline(__always)
private func crossEntropy<Scalar: TensorScalar>(
  _ rows: LastAxisRows, of task: Int, _ pass: LossPass<Scalar>,
  target: (_ row: UnsafePointer<Scalar>, _ k: Int) -> Scalar
) -> Double {
  let length = rows.length
  let (scores, targets, gradient, terms) = (pass.prediction, pass.target, pass.gradient, pass.terms)
  var total = 0.0
  for row in rows.rows(of: task) {
    let first = row &* length
    let d = targets + first
    let term = crossEntropyRow(scores + first, gradient: gradient + first, length, scale: pass.scale) { target(d, $0) }
    total += term
    if let terms { terms[row] = Scalar(term) }
  }
  return total
}

/// The gradient and the divergence of one row of scores and its targets.
///
/// With m and s of the softmax, -log softmax(z)[k] = log s - (z[k] - m), where neither term overflows; log s is taken
/// in double precision, so that the loss of a certain and correct prediction does not vanish in 1 + tiny.
@inline(__always)
func crossEntropyRow<Scalar: TensorScalar>(
  _ z: UnsafePointer<Scalar>, gradient dz: UnsafeMutablePointer<Scalar>, _ length: Int, scale: Scalar,
  target: (_ k: Int) -> Scalar
) -> Double {
  let (maximum, sum) = shiftedExponentials(z, into: dz, length)
  let logarithm = Glibc.log(sum)
  var term = doubleSum(length) { Double(target($0)) * (logarithm - Double(z[$0] - maximum)) }
  if !term.isFinite {
    // Rare, so checked only here: a probability of 0 where the target is 0 adds nothing, and finite scores may be
    // further apart than the largest number.
    term = 0
    for k in 0..<length {
      let (weight, difference) = (Double(target(k)), Double(z[k]) - Double(maximum))
      if weight != 0 || difference != -.infinity { term += weight * (logarithm - difference) }
    }
  }
  // Targets are not required to sum to 1.
  let weight = doubleSum(length) { Double(target($0)) }
  let factor = Scalar(weight / sum)
  for k in 0..<length { dz[k] = (dz[k] * factor - target(k)) * scale }
  return term
}
