#pragma once
#include <type_traits>

#include "rows.hpp"

// The same for maps whose columns are contiguous: maxima and sums are plain vector operations, one lane a row of the map.
template <class Size>
struct Most {
    static constexpr int rows = 1024;
};
template <int N>
struct Most<std::integral_constant<int, N>> {
    static constexpr int rows = N;
};

template <class T, class Size>
struct Columns {
    static constexpr int most_rows = Most<Size>::rows;

    static T scores(T* __restrict s, const T* __restrict b, Size n) { return Rows<T, Size>::scores(s, b, n); }

    // Leaves exponentials in s and their sums' reciprocals in share.
    static void exponentials(T* __restrict s, T* __restrict share, Size n) {
        T most[most_rows];
        for (int i = 0; i < n; i++) most[i] = s[i], share[i] = 0;
        for (int j = 1; j < n; j++)
            for (int i = 0; i < n; i++) most[i] = s[j * n + i] > most[i] ? s[j * n + i] : most[i];
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) share[i] += s[j * n + i] = exponential(s[j * n + i] - most[i]);
        for (int i = 0; i < n; i++) share[i] = 1 / share[i];
    }

    static void softmax(T* __restrict s, Size n) {
        T share[most_rows];
        exponentials(s, share, n);
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) s[j * n + i] *= share[i];
    }

    static T attention(T* __restrict s, const T* __restrict b, Size n) {
        T share[most_rows], inner[most_rows], loss = 0;
        exponentials(s, share, n);
        for (int i = 0; i < n; i++) inner[i] = 0;
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) {
                const T p = s[j * n + i] * share[i], z = p - b[j * n + i];
                s[j * n + i] = p;
                inner[i] += p * z;
                loss += z * z;
            }
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) s[j * n + i] *= s[j * n + i] - b[j * n + i] - inner[i];
        return loss;
    }

    static T log_attention(T* __restrict s, const T* __restrict b, Size n) {
        T mean[most_rows], loss = 0;
        for (int i = 0; i < n; i++) mean[i] = 0;
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) mean[i] += s[j * n + i] - b[j * n + i];
        for (int i = 0; i < n; i++) mean[i] /= T(n);
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) {
                const T z = s[j * n + i] - b[j * n + i] - mean[i];
                s[j * n + i] = z;
                loss += z * z;
            }
        return loss;
    }

    static void pull(const T* __restrict p, T* __restrict dp, Size n) {
        T inner[most_rows];
        for (int i = 0; i < n; i++) inner[i] = 0;
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) inner[i] += p[j * n + i] * dp[j * n + i];
        for (int j = 0; j < n; j++)
            for (int i = 0; i < n; i++) dp[j * n + i] = p[j * n + i] * (dp[j * n + i] - inner[i]);
    }
};
