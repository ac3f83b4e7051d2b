import Foundation

/// Calls `body` with an empty folder, which is gone afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unfold-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The files of a folder, hidden ones too, and what is in them.
func contents(of folder: URL) throws -> [String: String] {
  var contents: [String: String] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
    let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path) ?? Data()
    contents[name] = String(decoding: data, as: UTF8.self)
  }
  return contents
}
