#pragma once
#include "exponential.hpp"

// What lies between the products, for n×n maps whose rows are contiguous. Size is an int, or a constant that the compiler can unroll by.
// Each turns the scores s into dS and returns twice the loss. docs/derivation.md (2)-(5), (8).
template <class T, class Size>
struct Rows {
    static T scores(T* __restrict s, const T* __restrict b, Size n) {
        T loss = 0;
        const long entries = long(n) * n;
        for (long i = 0; i < entries; i++) {
            const T z = s[i] - b[i];
            s[i] = z;
            loss += z * z;
        }
        return loss;
    }

    static void softmax(T* __restrict s, Size n) {
        for (int i = 0; i < n; i++, s += n) {
            T most = s[0], sum = 0;
            for (int j = 0; j < n; j++) most = s[j] > most ? s[j] : most;
            for (int j = 0; j < n; j++) sum += s[j] = exponential(s[j] - most);
            const T share = 1 / sum;
            for (int j = 0; j < n; j++) s[j] *= share;
        }
    }

    static T attention(T* __restrict s, const T* __restrict b, Size n) {
        T loss = 0;
        for (int i = 0; i < n; i++, s += n, b += n) {
            T most = s[0], sum = 0, inner = 0;
            for (int j = 0; j < n; j++) most = s[j] > most ? s[j] : most;
            for (int j = 0; j < n; j++) sum += s[j] = exponential(s[j] - most);
            const T share = 1 / sum;
            for (int j = 0; j < n; j++) {
                const T p = s[j] * share, z = p - b[j];
                s[j] = p;
                inner += p * z;
                loss += z * z;
            }
            for (int j = 0; j < n; j++) s[j] *= s[j] - b[j] - inner;
        }
        return loss;
    }

    static T log_attention(T* __restrict s, const T* __restrict b, Size n) {
        T loss = 0;
        for (int i = 0; i < n; i++, s += n, b += n) {
            T mean = 0;
            for (int j = 0; j < n; j++) mean += s[j] - b[j];
            mean /= T(n);
            for (int j = 0; j < n; j++) {
                const T z = s[j] - b[j] - mean;
                s[j] = z;
                loss += z * z;
            }
        }
        return loss;
    }

    // dP into dS, or a tangent of S into one of P: the Jacobian of the softmax is symmetric.
    static void pull(const T* __restrict p, T* __restrict dp, Size n) {
        for (int i = 0; i < n; i++, p += n, dp += n) {
            T inner = 0;
            for (int j = 0; j < n; j++) inner += p[j] * dp[j];
            for (int j = 0; j < n; j++) dp[j] = p[j] * (dp[j] - inner);
        }
    }
};
