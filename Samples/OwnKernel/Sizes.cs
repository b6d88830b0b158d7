using Unmask.Kernels;

// The one line that asks for a kernel: width of a state, number of tokens.
[assembly: AttentionKernel(24, 48)]
