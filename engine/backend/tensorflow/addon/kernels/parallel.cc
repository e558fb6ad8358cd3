#include "parallel.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace paretoscope::kernels {
namespace {

inline void Relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Denormals are flushed while it lives.
class FlushDenormals {
 public:
#if defined(__x86_64__)
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040); }
  ~FlushDenormals() { _mm_setcsr(saved_); }

 private:
  unsigned saved_;
#elif defined(__aarch64__)
  FlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" ::"r"(saved_ | (uint64_t{1} << 24)));
  }
  ~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(saved_)); }

 private:
  uint64_t saved_;
#else
  FlushDenormals() {}
  ~FlushDenormals() {}
#endif
};

// Whether this thread is inside of a block: what that starts it does alone.
thread_local bool isInBlock = false;

class InBlock {
 public:
  InBlock() { isInBlock = true; }
  ~InBlock() { isInBlock = false; }
};

// A run of blocks that its thread and helpers take from; alone in its cache line.
struct alignas(64) Run {
  std::atomic<int64_t> next{0};
  int64_t end = 0;
};

class Pool {
 public:
  explicit Pool(int threads) : runs_(threads > 0 ? threads : 1) {
    for (int i = 1; i < threads; i++) std::thread([this, i] { Work(i); }).detach();
  }

  bool Start(int64_t blocks, BlockFunction function, void* context) {
    if (!busy_.try_lock()) return false;
    const int64_t threads = static_cast<int64_t>(runs_.size());
    function_ = function;
    context_ = context;
    failure_ = nullptr;
    hasFailed_.store(false, std::memory_order_relaxed);
    for (int64_t i = 0; i < threads; i++) {
      runs_[i].next.store(blocks * i / threads, std::memory_order_relaxed);
      runs_[i].end = blocks * (i + 1) / threads;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      isOpen_ = true;
      round_.fetch_add(1, std::memory_order_relaxed);
    }
    wake_.notify_all();
    return true;
  }

  // The caller's share, then the end of the job: who comes late finds it closed. Throws what the first block threw that
  // failed; the blocks that were not begun by then are left out.
  void Finish() {
    TakeAll(0);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      isOpen_ = false;
    }
    for (int spins = 0; helpers_.load(std::memory_order_acquire) != 0; spins++) {
      if (spins < 10000) {
        Relax();
      } else {
        std::this_thread::yield();
      }
    }
    const std::exception_ptr failure = failure_;
    failure_ = nullptr;
    busy_.unlock();
    if (failure) std::rethrow_exception(failure);
  }

 private:
  void TakeAll(size_t own) {
    const InBlock inside;
    const size_t threads = runs_.size();
    for (size_t i = 0; i < threads; i++) {
      Run& run = runs_[(own + i) % threads];
      while (true) {
        const int64_t block = run.next.fetch_add(1, std::memory_order_relaxed);
        if (block >= run.end) break;
        if (!hasFailed_.load(std::memory_order_relaxed)) CallBlock(block);
      }
    }
  }

  // Nothing may leave a thread of the pool, nor the caller before all threads have let go of its context.
  void CallBlock(int64_t block) {
    try {
      function_(context_, block);
    } catch (...) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      hasFailed_.store(true, std::memory_order_relaxed);
    }
  }

  void Work(size_t own) {
    uint64_t seen = 0;
    while (true) {
      for (int spins = 0; spins < kIdleSpins && round_.load(std::memory_order_relaxed) == seen; spins++) Relax();
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_.load(std::memory_order_relaxed) != seen; });
        seen = round_.load(std::memory_order_relaxed);
        if (!isOpen_) continue;
        helpers_.fetch_add(1, std::memory_order_relaxed);
      }
      {
        FlushDenormals flush;
        TakeAll(own);
      }
      helpers_.fetch_sub(1, std::memory_order_release);
    }
  }

  // A short wait for the next kernel: longer ones take the core from TensorFlow's threads.
  static constexpr int kIdleSpins = 200;

  std::mutex busy_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> round_{0};
  std::atomic<int> helpers_{0};
  bool isOpen_ = false;
  BlockFunction function_ = nullptr;
  void* context_ = nullptr;
  std::atomic<bool> hasFailed_{false};
  std::exception_ptr failure_;
  std::vector<Run> runs_;
};

// Never freed: its threads live as long as the process.
Pool* pool = nullptr;

}  // namespace

void SetKernelThreads(int threads) {
  if (!pool && threads > 1) pool = new Pool(threads);
}

void RunBlocks(int64_t blocks, BlockFunction function, void* context) {
  FlushDenormals flush;
  if (!isInBlock && pool && blocks > 1 && pool->Start(blocks, function, context)) {
    pool->Finish();
    return;
  }
  for (int64_t block = 0; block < blocks; block++) function(context, block);
}

}  // namespace paretoscope::kernels
