/// The partition of rows of equal length into tasks: several short rows, or a piece of a long one. It is a function of
/// the shapes alone, so that the number of threads changes nothing.
struct RowPieces: Hashable, Sendable {
  let rows, length: Int
  /// The pieces of one row.
  let pieces: Int
  private let rowsPerTask: Int

  /// The scalars of a task: about ten microseconds of memory traffic.
  private static let scalarsPerTask = 32_768

  /// - Parameters:
  ///   - rows: The rows, or the images that are treated each by itself.
  ///   - length: The elements of a row, or the pixels of an image.
  ///   - scalars: The scalars of an element.
  ///   - mostPieces: The most pieces of a row: 1 where rows are not cut.
  init(rows: Int, length: Int, scalars: Int = 1, mostPieces: Int = .max) {
    self.rows = rows
    self.length = length
    pieces = min(max(length * scalars / Self.scalarsPerTask, 1), mostPieces, length)
    rowsPerTask = min(max(Self.scalarsPerTask / (length * scalars), 1), rows)
  }

  var tasks: Int { ceilingDivision(rows, rowsPerTask) * pieces }

  @inline(__always)
  func rows(of task: Int) -> Range<Int> {
    let first = task / pieces * rowsPerTask
    return first..<min(first + rowsPerTask, rows)
  }

  @inline(__always) func piece(of task: Int) -> Int { task % pieces }

  /// The elements of each row that belong to a task.
  @inline(__always)
  func elements(of task: Int) -> Range<Int> {
    let piece = piece(of: task)
    return length * piece / pieces..<length * (piece + 1) / pieces
  }
}
