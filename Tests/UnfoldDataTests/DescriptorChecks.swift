import Testing
import UnfoldData

/// Expects a text to be refused as a descriptor, and the error to say where it stands and what was expected in it.
func expectMalformed(
  _ text: String, expected: String, at place: (path: String, line: Int) = ("descriptor", 1), _ parse: () throws -> Void
) {
  let error = #expect(throws: DataError.self) { try parse() }
  guard case .malformedShape(place.path, place.line, text, expected, _) = error else {
    Issue.record("\(String(describing: error))")
    return
  }
}
