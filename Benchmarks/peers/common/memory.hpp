#pragma once
#include <cstdlib>
#include <memory>
#include <vector>

struct Freed {
    void operator()(void* p) const { std::free(p); }
};

// Aligned to cache lines, and zeroed.
template <class T>
using Block = std::unique_ptr<T[], Freed>;

template <class T>
Block<T> block(size_t count) {
    const size_t bytes = (count * sizeof(T) + 127) / 64 * 64;
    T* p = static_cast<T*>(std::aligned_alloc(64, bytes));
    for (size_t i = 0; i < bytes / sizeof(T); i++) p[i] = 0;
    return Block<T>(p);
}

template <class T>
Block<T> block(const std::vector<double>& values) {
    auto p = block<T>(values.size());
    for (size_t i = 0; i < values.size(); i++) p[i] = T(values[i]);
    return p;
}

// rows×columns, row-major, into its transpose.
template <class T>
Block<T> transposed(const std::vector<double>& values, int rows, int columns) {
    auto p = block<T>(values.size());
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) p[size_t(j) * rows + i] = T(values[size_t(i) * columns + j]);
    return p;
}
