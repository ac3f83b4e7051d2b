import Foundation

/// What `body` returns; where it throws, the process ends with the reason. A benchmark that only reports its error, or
/// that is not there at all, would let the harness end as if it had passed.
func orFail<Result>(_ name: String, _ body: () throws -> Result) -> Result {
  do {
    return try body()
  } catch {
    FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
    exit(1)
  }
}
