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

  @Test func aLinkToAFileThatIsStillToBeMadeStaysALink() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder.path + "/in", withIntermediateDirectories: false)
      // A link to a link in another folder, each relative to its own place, and an absolute one.
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/first", withDestinationPath: "in/second")
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/in/second", withDestinationPath: "../new")
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/absolute", withDestinationPath: folder.path + "/other")
      for (link, target) in [("first", "new"), ("absolute", "other")] {
        let file = try OutputFile("\(folder.path)/\(link)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/\(target)"), "nothing is made yet")
        try file.write(link)
        #expect(try contents(of: folder)[target] == link)
        try file.write("again")
        #expect(try contents(of: folder)[target] == "again")
      }
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/first") == "in/second")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/in/second") == "../new")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
          "absolute", "first", "in", "new", "other",
        ])
      // In a circle, and into a folder that is not there.
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/circle", withDestinationPath: "circle")
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/lost", withDestinationPath: "nowhere/file")
      for link in ["circle", "lost"] { #expect(throws: CommandError.self) { try OutputFile("\(folder.path)/\(link)") } }
    }
  }

  @Test func aFileKnowsItselfByEveryPath() throws {
    try withFolder { folder in
      let path = folder.path
      try FileManager.default.createDirectory(atPath: path + "/in", withIntermediateDirectories: false)
      try Data("old".utf8).write(to: folder.appendingPathComponent("old"))
      for (link, target) in [("link", "old"), ("new link", "new"), ("folder", "in")] {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(link)", withDestinationPath: target)
      }
      // Those that are there, and those that are still to be made.
      for (one, other) in [
        ("old", "./old"), ("old", "in/../old"), ("old", "link"), ("new", "in/.././new"), ("new", "new link"),
        ("in/new", "folder/new"), ("new", "/new"),
      ] {
        #expect(throws: CommandError.self, "\(one) \(other)") {
          try OutputFile("\(path)/\(one)").requireOther("--svg", than: [nil, "\(path)/third", "\(path)/\(other)"])
        }
      }
      for (one, other) in [("old", "new"), ("new", "in/new"), ("old", "nowhere/old"), ("é", "e\u{301}"), ("new", "in")]
      {
        try OutputFile("\(path)/\(one)").requireOther("--svg", than: ["\(path)/\(other)"])
      }
      let error = #expect(throws: CommandError.self) {
        try OutputFile(path + "/old").requireOther("--svg", than: [path + "/link"])
      }
      #expect(
        error == .usage("--svg", expected: "another file than \(path)/link", found: path + "/old"))
    }
  }

  @Test func aTrainingWritesThreeFiles() throws {
    try withFolder { folder in
      let path = folder.path
      for (drawing, curves) in [
        ("./m.safetensors", "c"), ("a", "x/../m.safetensors"), ("a", "./a"), ("m.safetensors", "c"),
      ] {
        try? FileManager.default.createDirectory(atPath: path + "/x", withIntermediateDirectories: false)
        #expect(throws: CommandError.self, "\(drawing) \(curves)") {
          try TrainingFiles(model: path + "/m.safetensors", drawing: "\(path)/\(drawing)", curves: "\(path)/\(curves)")
        }
      }
      _ = try TrainingFiles(model: path + "/m.safetensors", drawing: path + "/a", curves: path + "/c")
    }
  }

  @Test(arguments: [0o600, 0o640, 0o666, 0o755, 0o444 | 0o200]) func aFileKeepsItsPermissions(_ mode: Int) throws {
    try withFolder { folder in
      let path = folder.path + "/a"
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
      #expect(chmod(path, mode_t(mode)) == 0)
      let file = try OutputFile(path)
      for text in ["new", "newer"] {
        try file.write(text)
        #expect(try contents(of: folder) == ["a": text])
        let found = status(path).st_mode
        #expect(Int(found & 0o7777) == mode, "\(String(found, radix: 8))")
      }
    }
  }

  @Test func aFileKeepsItsOwner() throws {
    // Only root may give files away.
    guard geteuid() == 0 else { return }
    try withFolder { folder in
      let path = folder.path + "/a"
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
      #expect(chown(path, 12_345, 23_456) == 0 && chmod(path, 0o640) == 0)
      try OutputFile(path).write("new")
      let found = status(path)
      #expect((found.st_uid, found.st_gid) == (12_345, 23_456))
      #expect(found.st_mode & 0o777 == 0o640)
    }
  }

  @Test(arguments: [
    String(repeating: "x", count: 255), String(repeating: "x", count: 250), String(repeating: "日", count: 85),
    ".hidden", "a b\n",
  ])
  func namesMayBeAsLongAsTheFileSystemAllows(_ name: String) throws {
    try withFolder { folder in
      let file = try OutputFile("\(folder.path)/\(name)")
      try file.write("first")
      try file.write("second")
      #expect(try contents(of: folder) == [name: "second"])
      #expect(throws: CommandError.self) {
        try OutputFile("\(folder.path)/\(name)" + String(repeating: "x", count: 256))
      }
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

  private func status(_ path: String) -> stat {
    var status = stat()
    let result = stat(path, &status)
    #expect(result == 0, "\(path)")
    return status
  }

  private var currentMask: Int {
    let mask = umask(0)
    umask(mask)
    return Int(mask)
  }
}
