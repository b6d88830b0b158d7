#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

struct Timing {
    double median, best;
};

inline double nanoseconds(const std::function<void(long)>& run, long times) {
    const auto begin = std::chrono::steady_clock::now();
    run(times);
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / times;
}

// Median and best over blocks of a millisecond, or of one run where that is longer. The first tenth only warms caches, clocks and branch predictors.
inline Timing measure(const std::function<void(long)>& run, double milliseconds) {
    const double budget = milliseconds * 1e6, block = std::min(budget / 20, 1e6);
    long times = 1;
    double each = nanoseconds(run, 1), spent = each;
    while (spent < budget / 10) {
        times = std::max(1L, long(std::min(block / each, times * 10.0)));
        each = nanoseconds(run, times);
        spent += each * times;
    }
    times = std::max(1L, long(block / each));
    std::vector<double> blocks;
    for (spent = 0; spent < budget * 0.9 || blocks.size() < 3; spent += blocks.back() * times) blocks.push_back(nanoseconds(run, times));
    std::sort(blocks.begin(), blocks.end());
    return {blocks[blocks.size() / 2], blocks.front()};
}
