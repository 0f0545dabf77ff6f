using System.Text.Json;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>
/// When a delivery that failed is tried again: some times at once, some times after the least delay, then after delays that grow to the greatest, some times
/// after the greatest, and then no more (Zaqar specification, section 1.11).
/// </summary>
internal sealed record RetryPolicy
{
    private const int CountMax = 1000;
    private const int DelaySecondsMax = 12 * 3600;
    private const int DelaysApartSecondsMin = 10;

    public static readonly RetryPolicy Default = new();

    /// <summary>0 to 1,000; default 3.</summary>
    public int RetriesWithNoDelay { get; private init; } = 3;

    /// <summary>0 to 1,000; default 3.</summary>
    public int MinimumDelayRetries { get; private init; } = 3;

    /// <summary>In seconds, 0 to 12 hours; default 5.</summary>
    public int MinimumDelay { get; private init; } = 5;

    /// <summary>In seconds, at least 10 above the least and up to 12 hours; default 30.</summary>
    public int MaximumDelay { get; private init; } = 30;

    /// <summary>0 to 1,000; default 3.</summary>
    public int MaximumDelayRetries { get; private init; } = 3;

    public BackoffFunction Function { get; private init; } = BackoffFunction.Linear;

    /// <summary>On a queue: its policy counts even where a subscription has one.</summary>
    public bool IgnoresSubscription { get; private init; }

    /// <param name="json">A JSON object; what it does not name has its default.</param>
    /// <exception cref="ZaqarRefusal">It is another value, or one of its values is out of bounds.</exception>
    public static RetryPolicy Parse(ReadOnlySpan<byte> json)
    {
        var policy = Default;
        var body = new JsonBody(json, 64);
        body.BeginObject("A retry policy");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            policy = name switch
            {
                "retries_with_no_delay" => policy with { RetriesWithNoDelay = ReadCount(name, body) },
                "minimum_delay_retries" => policy with { MinimumDelayRetries = ReadCount(name, body) },
                "minimum_delay" => policy with { MinimumDelay = ReadInteger(name, body, DelaySecondsMax) },
                "maximum_delay" => policy with { MaximumDelay = ReadInteger(name, body, DelaySecondsMax) },
                "maximum_delay_retries" => policy with { MaximumDelayRetries = ReadCount(name, body) },
                "retry_backoff_function" => policy with { Function = ReadFunction(body) },
                "ignore_subscription_override" => policy with { IgnoresSubscription = ReadFlag(name, body) },
                _ => throw ZaqarRefusal.Request($"A retry policy has no key {name}."),
            };
        }

        body.End();
        if (policy.MaximumDelay - policy.MinimumDelay < DelaysApartSecondsMin)
            throw ZaqarRefusal.Request($"The maximum_delay of a retry policy must be at least {DelaysApartSecondsMin} seconds above its minimum_delay.");
        return policy;
    }

    /// <summary>How long to wait after so many failures.</summary>
    /// <param name="failures">From 1.</param>
    /// <returns>Null when that was the last try.</returns>
    public TimeSpan? DelayAfter(int failures)
    {
        var retry = failures - 1;
        if (retry < RetriesWithNoDelay) return TimeSpan.Zero;
        retry -= RetriesWithNoDelay;
        if (retry < MinimumDelayRetries) return TimeSpan.FromSeconds(MinimumDelay);
        retry -= MinimumDelayRetries;
        var growing = Backoff.Seconds(Function, retry, MinimumDelay);
        if (growing < MaximumDelay) return TimeSpan.FromSeconds(growing);
        return retry - StepsBelowMaximum() < MaximumDelayRetries ? TimeSpan.FromSeconds(MaximumDelay) : null;
    }

    /// <summary>Waits that are shorter than the greatest; the curves are such that there are a few thousand at most.</summary>
    private int StepsBelowMaximum()
    {
        var steps = 0;
        while (Backoff.Seconds(Function, steps, MinimumDelay) < MaximumDelay) steps++;
        return steps;
    }

    private static int ReadCount(string name, in JsonBody body) => ReadInteger(name, body, CountMax);

    private static int ReadInteger(string name, in JsonBody body, int max) =>
        body.ReadInteger() is >= 0 and var value && value <= max ? (int)value : throw ZaqarRefusal.Request($"The {name} of a retry policy must be an integer from 0 to {max}.");

    private static BackoffFunction ReadFunction(in JsonBody body) => (body.Token == JsonTokenType.String ? body.ReadText() : null) switch
    {
        "linear" => BackoffFunction.Linear,
        "arithmetic" => BackoffFunction.Arithmetic,
        "geometric" => BackoffFunction.Geometric,
        "exponential" => BackoffFunction.Exponential,
        _ => throw ZaqarRefusal.Request("The retry_backoff_function of a retry policy must be linear, arithmetic, geometric or exponential."),
    };

    private static bool ReadFlag(string name, in JsonBody body) => body.Token switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw ZaqarRefusal.Request($"The {name} of a retry policy must be true or false."),
    };
}
