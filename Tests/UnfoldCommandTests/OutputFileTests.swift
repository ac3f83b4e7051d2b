import Foundation
import Testing

@testable import UnfoldCommand

@Suite struct OutputFileTests {
  @Test func aFileIsMadeOrReplacedAndNothingElseIsLeft() throws {
    try withFolder { folder in
      let path = folder.path + "/report.json"
      try OutputFile(path).write("first")
      #expect(try contents(of: folder) == ["report.json": "first"])
      try OutputFile(path).write("second")
      #expect(try contents(of: folder) == ["report.json": "second"])
    }
  }

  @Test func tryingAFileChangesNothing() throws {
    try withFolder { folder in
      try Data("old".utf8).write(to: folder.appendingPathComponent("a"))
      _ = try OutputFile(folder.path + "/a")
      _ = try OutputFile(folder.path + "/b")
      #expect(try contents(of: folder) == ["a": "old"])
    }
  }

  @Test func aLinkStaysALink() throws {
    try withFolder { folder in
      try Data("old".utf8).write(to: folder.appendingPathComponent("a"))
      let link = folder.path + "/link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "a")
      try OutputFile(link).write("new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "a")
      #expect(try contents(of: folder)["a"] == "new")
    }
  }

  @Test func newFilesAreReadableAsUsual() throws {
    try withFolder { folder in
      try OutputFile(folder.path + "/a").write("x")
      try Data("y".utf8).write(to: folder.appendingPathComponent("b"))
      let modes = try ["a", "b"].map {
        try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\($0)")[.posixPermissions] as? Int
      }
      #expect(modes[0] == 0o666 & ~currentMask, "\(modes)")
    }
  }

  @Test(arguments: ["", "missing/file", "folder", "/dev/null", "/proc/unfold-test"])
  func pathsThatCannotBeWrittenAreRefused(_ path: String) throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder.path + "/folder", withIntermediateDirectories: false)
      let full = path.isEmpty || path.hasPrefix("/") ? path : "\(folder.path)/\(path)"
      #expect(throws: CommandError.self) { try OutputFile(full) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["folder"])
    }
  }

  @Test func modelAndDrawingsAreFilesOfTheirOwn() throws {
    try withFolder { folder in
      let files = try TrainingFiles(model: folder.path + "/m.safetensors", drawing: nil, curves: nil)
      #expect(files.drawing.path == folder.path + "/m-confusion.svg")
      let short = try TrainingFiles(model: folder.path + "/m", drawing: nil, curves: nil)
      #expect(short.drawing.path.hasSuffix("/m-confusion.svg"))
      #expect(throws: CommandError.self) {
        try TrainingFiles(model: folder.path + "/same", drawing: folder.path + "/same", curves: nil)
      }
      #expect(files.curves.path == folder.path + "/m-curves.svg")
      for same in ["/m.safetensors", "/m-confusion.svg"] {
        #expect(throws: CommandError.self) {
          try TrainingFiles(model: folder.path + "/m.safetensors", drawing: nil, curves: folder.path + same)
        }
      }
    }
  }

  private var currentMask: Int {
    let mask = umask(0)
    umask(mask)
    return Int(mask)
  }
}
