// One size of eigen_fixed.cpp: the Makefile defines SIZE_D and SIZE_N.
#define EIGEN_STACK_ALLOCATION_LIMIT 0
#include "eigen.hpp"
#include "eigen_fixed.hpp"

namespace {

template <class E>
Variant batch(const std::string& name, const Question& q, const Problem& p) {
    auto all = std::make_shared<std::vector<E, Eigen::aligned_allocator<E>>>();
    for (int at = 0; at < q.count(); at++) all->emplace_back(q, p, at);
    const auto evaluate = all->front().of(q.model);
    return {name,
            [all, evaluate](long k) { while (k-- > 0) for (auto& one : *all) (one.*evaluate)(); },
            [all](double* loss, double* result) {
                for (auto& one : *all) *loss++ = one.loss, one.read(result), result += SIZE_D * SIZE_N;
            }};
}

template <class T, int O, Contiguous C, Products How = Products::chosen>
Variant variant(const std::string& name, const Question& q, const Problem& p) {
    using E = EigenGradient<T, SIZE_D, SIZE_N, O, C, How>;
    return q.evaluation == "batch" ? batch<E>(name, q, p) : eigen_variant<E>(name, q, p);
}

template <class T>
std::vector<Variant> variants(const Question& q, const Problem& p) {
    using namespace Eigen;
    std::vector<Variant> all{variant<T, RowMajor, Contiguous::rows>("row-major", q, p),
                             variant<T, ColMajor, Contiguous::columns>("column-major", q, p),
                             variant<T, ColMajor, Contiguous::rows>("column-major, map row-major", q, p)};
    if constexpr (SIZE_N <= 8) {
        all.push_back(variant<T, RowMajor, Contiguous::rows, Products::lazy>("row-major, lazy", q, p));
        all.push_back(variant<T, ColMajor, Contiguous::columns, Products::lazy>("column-major, lazy", q, p));
    }
    return all;
}

const bool entered = fixed_sizes().emplace(std::make_pair(SIZE_D, SIZE_N), [](const Question& q, const Problem& p) {
    return q.precision == "float" ? variants<float>(q, p) : variants<double>(q, p);
}).second;

}  // namespace
