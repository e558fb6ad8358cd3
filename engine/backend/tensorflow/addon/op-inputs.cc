#include "op-inputs.h"

#include <cstdint>

#include "environment.h"
#include "failure.h"
#include "handles.h"

namespace paretoscope {
namespace {

// Numbers of fields in tensorflow/core/framework/op_def.proto.
constexpr int kOpDefInputArg = 2;
constexpr int kArgDefNumberAttr = 5;
constexpr int kArgDefTypeListAttr = 6;

// Kinds of fields of the wire format (protobuf's "Encoding").
enum Wire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Reads the fields of a serialised message one by one.
class Message {
 public:
  Message(const uint8_t* start, size_t length) : next_(start), end_(start + length) {}

  // Goes to the next field; false at the end.
  bool Next() {
    if (next_ >= end_) return false;
    const uint64_t tag = Varint();
    field_ = static_cast<int>(tag >> 3);
    bytes_ = nullptr;
    length_ = 0;
    switch (tag & 7) {
      case kVarint:
        Varint();
        break;
      case kFixed64:
        Take(8);
        break;
      case kBytes:
        length_ = static_cast<size_t>(Varint());
        bytes_ = next_;
        Take(length_);
        break;
      case kFixed32:
        Take(4);
        break;
      default:
        Damaged();
    }
    return true;
  }

  int field() const { return field_; }
  Message message() const { return Message(bytes_, length_); }
  std::string text() const { return std::string(reinterpret_cast<const char*>(bytes_), length_); }

 private:
  [[noreturn]] static void Damaged() { throw Failure("internal", "the definition of an op cannot be decoded"); }

  void Take(size_t count) {
    if (count > static_cast<size_t>(end_ - next_)) Damaged();
    next_ += count;
  }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (next_ >= end_) Damaged();
      const uint8_t byte = *next_++;
      value |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
    Damaged();
  }

  const uint8_t* next_;
  const uint8_t* end_;
  int field_ = 0;
  const uint8_t* bytes_ = nullptr;
  size_t length_ = 0;
};

OpInput ReadInput(Message argument) {
  OpInput input;
  while (argument.Next()) {
    if (argument.field() != kArgDefNumberAttr && argument.field() != kArgDefTypeListAttr) continue;
    input.is_list = true;
    input.length_attribute = argument.text();
  }
  return input;
}

}  // namespace

const std::vector<OpInput>& OpInputs::Of(TF_Graph* graph, const std::string& op) {
  const auto known = known_.find(op);
  if (known != known_.end()) return known->second;
  const OwnedBuffer buffer(Tf().TF_NewBuffer());
  const Status status;
  Tf().TF_GraphGetOpDef(graph, op.c_str(), buffer.get(), status.get());
  Check(status, "graphOp " + op);
  std::vector<OpInput> inputs;
  Message definition(static_cast<const uint8_t*>(buffer->data), buffer->length);
  while (definition.Next()) {
    if (definition.field() == kOpDefInputArg) inputs.push_back(ReadInput(definition.message()));
  }
  return known_[op] = std::move(inputs);
}

}  // namespace paretoscope
