import Foundation
import Glibc
import Testing
import Unfold

@testable import UnfoldNN

@Suite struct RegularFileTests {
  private func file(_ value: Float) throws -> SafetensorsFile {
    var file = SafetensorsFile()
    try file.append("a", Tensor<Float>([value], shape: [1]))
    return file
  }

  private func value(_ path: String) throws -> Float { try SafetensorsFile(path: path).tensor("a")[0] }

  @Test func aFileIsReplacedAndNothingElseRemains() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("m.safetensors")
    try file(1).write(to: path)
    try file(2).write(to: path)
    #expect(try value(path) == 2)
    #expect(try directory.names == ["m.safetensors"])
  }

  @Test func linksAreKept() throws {
    let directory = try TemporaryDirectory()
    let (target, link) = (directory.file("target"), directory.file("link"))
    try file(1).write(to: target)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    try file(2).write(to: link)
    #expect(try value(target) == 2)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
  }

  @Test func linksToNothingAreKeptAndPermissionsToo() throws {
    let directory = try TemporaryDirectory()
    let (target, link) = (directory.file("target"), directory.file("link"))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
    try file(1).write(to: link)
    #expect(try value(target) == 1)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target")
    #expect(chmod(target, 0o600) == 0)
    try file(2).write(to: link)
    var status = stat()
    let result = stat(target, &status)
    #expect(result == 0 && status.st_mode & 0o7777 == 0o600, "\(String(status.st_mode, radix: 8))")
    let long = directory.file(String(repeating: "x", count: 255))
    try file(3).write(to: long)
    #expect(try value(target) == 2 && value(long) == 3 && directory.names.count == 3)
  }

  @Test func pathsThatCannotBeWrittenAreErrors() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: ModelFileError.notARegularFile(path: directory.path)) { try file(1).write(to: directory.path) }
    #expect(throws: ModelFileError.notARegularFile(path: "/dev/null")) { try file(1).write(to: "/dev/null") }
    #expect(throws: ModelFileError.self) { try file(1).write(to: directory.file("none/m")) }
    #expect(throws: ModelFileError.self) { try file(1).write(to: "") }
    #expect(throws: ModelFileError.self) { try file(1).write(to: directory.file("new") + "/") }
    #expect(throws: ModelFileError.self) { try file(1).write(to: directory.file(String(repeating: "x", count: 300))) }
    #expect(try directory.names.isEmpty)
  }

  @Test func aFailureLeavesThePreviousFile() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("m.safetensors")
    try file(1).write(to: path)
    let full = ModelFileError.system(operation: "write", path: path, message: "No space left on device")
    #expect(throws: full) {
      let file = WholeFile(path)
      try file.replace { descriptor throws(ModelFileError) in
        try file.write([1, 2, 3], to: descriptor)
        throw full
      }
    }
    #expect(try value(path) == 1)
    #expect(try directory.names == ["m.safetensors"])
  }

  @Test func directoriesDevicesAndAbsentFilesAreNotRead() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: ModelFileError.notARegularFile(path: directory.path)) { try SafetensorsFile(path: directory.path) }
    #expect(throws: ModelFileError.notARegularFile(path: "/dev/zero")) { try SafetensorsFile(path: "/dev/zero") }
    #expect(throws: ModelFileError.self) { try SafetensorsFile(path: directory.file("none")) }
    let pipe = directory.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: ModelFileError.notARegularFile(path: pipe)) { try SafetensorsFile(path: pipe) }
  }
}
