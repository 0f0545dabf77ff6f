namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>How the waits between retries grow from the least to the greatest (Zaqar specification, section 1.11).</summary>
internal enum BackoffFunction
{
    /// <summary>By a constant step of 5 seconds.</summary>
    Linear,

    /// <summary>By a step that itself grows by 5 seconds each time.</summary>
    Arithmetic,

    /// <summary>By doubling.</summary>
    Geometric,

    /// <summary>By powers of e.</summary>
    Exponential,
}

/// <summary>The waits that a function gives.</summary>
internal static class Backoff
{
    private const double StepSeconds = 5;

    /// <summary>The wait of a step in seconds; step 0 waits for the least.</summary>
    /// <param name="function">Which curve.</param>
    /// <param name="step">From 0.</param>
    /// <param name="leastSeconds">The first wait; 0 counts as 1 where waits are multiplied.</param>
    public static double Seconds(BackoffFunction function, int step, int leastSeconds) => function switch
    {
        BackoffFunction.Linear => leastSeconds + (StepSeconds * step),
        BackoffFunction.Arithmetic => leastSeconds + (StepSeconds * step * (step + 1) / 2),
        BackoffFunction.Geometric => Math.Max(1, leastSeconds) * Math.Pow(2, step),
        _ => Math.Max(1, leastSeconds) * Math.Exp(step),
    };
}
