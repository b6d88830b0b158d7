namespace Unmask.Kernels.Measurement;

/// <summary>What a survey found of one case: the time of one problem, the operations in it, and their share of the peak.</summary>
public sealed record SurveyRow(SurveyCase Case, double Nanoseconds, double Gigaflops, double PeakFraction);
