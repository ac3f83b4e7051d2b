/// The partition of rows of equal length into tasks: several short rows, or a piece of a long one. It is a function of
/// the shapes alone, so that the number of threads changes nothing.
struct RowPieces: Hashable, Sendable {
  let rows: Int
  let length: Int
  private let rowsPerTask: Int
  private let pieces: Int

  /// The elements of a task: about ten microseconds of memory traffic.
  private static let elementsPerTask = 32_768

  init(rows: Int, length: Int) {
    self.rows = rows
    self.length = length
    rowsPerTask = min(max(Self.elementsPerTask / length, 1), rows)
    pieces = max(length / Self.elementsPerTask, 1)
  }

  /// As ``init(rows:length:)``, but long rows are not cut.
  init(wholeRows rows: Int, length: Int) {
    self.rows = rows
    self.length = length
    rowsPerTask = min(max(Self.elementsPerTask / length, 1), rows)
    pieces = 1
  }

  var tasks: Int { ceilingDivision(rows, rowsPerTask) * pieces }

  @inline(__always)
  func rows(of task: Int) -> Range<Int> {
    let first = task / pieces * rowsPerTask
    return first..<min(first + rowsPerTask, rows)
  }

  /// The elements of each row that belong to a task.
  @inline(__always)
  func elements(of task: Int) -> Range<Int> {
    let piece = task % pieces
    return length * piece / pieces..<length * (piece + 1) / pieces
  }
}
