#pragma once
#include <type_traits>

#include "columns.hpp"

// How a map lies in memory.
enum class Contiguous { rows, columns };

template <class T, class Size, Contiguous C>
using Stage = std::conditional_t<C == Contiguous::rows, Rows<T, Size>, Columns<T, Size>>;

// The same functions for a size known when running only: unrolled for the small ones, as fixed-size peers have them.
template <class T>
struct Map {
    T (*scores)(T*, const T*, int);
    T (*attention)(T*, const T*, int);
    T (*log_attention)(T*, const T*, int);
    void (*softmax)(T*, int);
    void (*pull)(const T*, T*, int);

    static Map of(Contiguous c, int n) { return c == Contiguous::rows ? of<Contiguous::rows>(n) : of<Contiguous::columns>(n); }

private:
    template <Contiguous C>
    static Map of(int n) {
        switch (n) {
            case 4: return sized<C, std::integral_constant<int, 4>>();
            case 8: return sized<C, std::integral_constant<int, 8>>();
            case 16: return sized<C, std::integral_constant<int, 16>>();
            case 32: return sized<C, std::integral_constant<int, 32>>();
            case 64: return sized<C, std::integral_constant<int, 64>>();
            default: return sized<C, int>();
        }
    }

    template <Contiguous C, class Size>
    static Map sized() {
        using S = Stage<T, Size, C>;
        return {
            [](T* s, const T* b, int n) { return S::scores(s, b, size<Size>(n)); },
            [](T* s, const T* b, int n) { return S::attention(s, b, size<Size>(n)); },
            [](T* s, const T* b, int n) { return S::log_attention(s, b, size<Size>(n)); },
            [](T* s, int n) { S::softmax(s, size<Size>(n)); },
            [](const T* p, T* dp, int n) { S::pull(p, dp, size<Size>(n)); },
        };
    }

    template <class Size>
    static Size size(int n) {
        if constexpr (std::is_same_v<Size, int>) return n;
        else return (void)n, Size{};
    }
};
