import Foundation
import SwiftProtobuf

/// Writes messages.txt: `swift run grpc-messages ../../GRPCInspectionTests/Protos/tickets.binpb > ../../GRPCInspectionTests/Protos/messages.txt`
guard CommandLine.arguments.count == 2 else { fatalError("the descriptor set is missing") }

func seat(_ row: String, _ number: Int32 = 0) -> Box_Office_Seat {
  .with {
    $0.row = row
    $0.number = number
  }
}

/// One field of each kind that the walker knows.
let order = Box_Office_Order.with {
  $0.buyer = "a@b.example' OR 1=1"
  $0.tier = .balcony
  var first = seat("A", -4)
  first.neighbor = seat("B")
  $0.seats = [first, seat("C")]
  $0.codes = [1, -2, 300]
  $0.tiers = [.standing, .refunded]
  $0.labels = ["k": "v"]
  $0.card = "4111"
  $0.signature = Data([0xFF, 0])
  $0.stamp = 5
  $0.price = 1.5
  $0.gift = true
  $0.count = 7
  $0.note = .with { $0.text = "é" }
  $0.shares = [0.5, 0.25]
  $0.tags = ["x", "y"]
}

var anySeat = order
anySeat.extra = try Google_Protobuf_Any(message: seat("hidden"))
var anyDuration = order
anyDuration.extra = try Google_Protobuf_Any(message: Google_Protobuf_Duration())

var chain = Box_Office_Seat()
for _ in 0..<60 {
  var outer = Box_Office_Seat()
  outer.neighbor = chain
  chain = outer
}
let deep = Box_Office_Order.with { $0.seats = [chain] }

var part = try Google_Protobuf_FileDescriptorSet(serializedBytes: Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1])))
part.file.removeAll { $0.name == "google/protobuf/any.proto" }

print(
  "# Messages of tickets.proto in hexadecimal, encoded by swift-protobuf: see Tests/Fixtures/grpc-messages. \"part\" is the descriptor set without any.proto."
)
for (name, message) in [("order", order), ("any-seat", anySeat), ("any-duration", anyDuration), ("deep", deep), ("part", part)]
  as [(String, any Message)]
{
  let bytes: [UInt8] = try message.serializedBytes()
  print(name, bytes.map { String(format: "%02x", $0) }.joined())
}
