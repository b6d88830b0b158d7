namespace Unmask.Kernels;

/// <summary>Which program is wanted.</summary>
/// <param name="Model">The loss.</param>
/// <param name="Causal">Whether entries above the diagonal are hidden.</param>
/// <param name="Heads">Number of heads that share X; 1 where the weights of one head are multiplied out.</param>
/// <param name="HeadWidth">Width of a thin head; 0 where the weights of one head are multiplied out.</param>
public readonly record struct ProgramRequest(LossModel Model, bool Causal, int Heads = 1, int HeadWidth = 0)
{
    public bool IsJoint => HeadWidth > 0;
}
