using System.Globalization;
using System.Text.Json;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Rse.Health;

/// <summary>
/// What <c>/health?verbose=true</c> tells (RSE specification, section 5), under the names that the original has; <c>mongo</c> is whatever keeps the events.
/// Channel names and data are shown in test mode only, for the report needs no token.
/// </summary>
internal sealed record HealthReport
{
    private static readonly TimeSpan SlowCount = TimeSpan.FromSeconds(1);

    public required RseMode Mode { get; init; }

    /// <summary>The clock that ages are told by.</summary>
    public required RecordTime Now { get; init; }

    public required EventCensus Census { get; init; }

    /// <summary>Events that this process was to store, refused ones included.</summary>
    public required long Publishes { get; init; }

    /// <summary>Times that one was tried again.</summary>
    public required long Repeats { get; init; }

    /// <summary>Of each timed look-up, sorted; null when none were wanted.</summary>
    public double[]? LookupMillis { get; init; }

    /// <summary>Events read whole, and missing between them; null when it was not wanted.</summary>
    public (long Read, long Missing)? Integrity { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteRse(json);
        WriteStorage(json);
        json.WriteStartObject("versions");
        json.WriteString("mesh", typeof(HealthReport).Assembly.GetName().Version?.ToString(3));
        json.WriteString("dotnet", Environment.Version.ToString());
        json.WriteEndObject();
        WriteProfiling(json);
        WriteIntegrity(json);
        json.WriteStartArray("warnings");
        foreach (var warning in Warnings()) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private IEnumerable<string> Warnings()
    {
        if (Census.Elapsed > SlowCount) yield return string.Create(CultureInfo.InvariantCulture, $"Counting the events took {Census.Elapsed.TotalSeconds:0.0} s.");
        if (!Census.IsWhole) yield return $"There are more than {EventCensus.TreesMax} trees of channels; only so many were counted.";
        if (Integrity is { Missing: > 0 } found) yield return $"{found.Missing} events are damaged in storage and cannot be read.";
    }

    private void WriteRse(Utf8JsonWriter json)
    {
        json.WriteStartObject("rse");
        json.WriteBoolean("test_mode", Mode == RseMode.Test);
        json.WriteNumber("events", Census.Events);
        json.WriteStartObject("pp_stats");
        json.WriteStartObject("id_generator");
        json.WriteNumber("attempts", Publishes);
        json.WriteNumber("retries", Repeats);
        if (Publishes == 0) json.WriteNull("retry_rate");
        else json.WriteNumber("retry_rate", (double)Repeats / Publishes);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteStorage(Utf8JsonWriter json)
    {
        json.WriteStartObject("mongo");
        json.WriteString("database", "mesh");
        json.WriteStartObject("event_range");
        WriteEvent(json, "first", Census.First);
        WriteEvent(json, "last", Census.Last);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteEvent(Utf8JsonWriter json, string name, FoundEvent? found)
    {
        if (found is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach (var record in found.Slice)
        {
            json.WriteNumber("id", record.Time.Micros);
            json.WriteString("created_at", record.Time.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture));
            json.WriteNumber("age", EventText.AgeOf(record, Now));
            if (Mode != RseMode.Test) continue;
            json.WriteString("name", found.Channel);
            json.WritePropertyName("data");
            if (record.ContentType == ContentType.Json) json.WriteRawValue(record.Body, skipInputValidation: true);
            else json.WriteStringValue(record.Body);
        }

        json.WriteEndObject();
    }

    private void WriteProfiling(Utf8JsonWriter json)
    {
        if (LookupMillis is null)
        {
            json.WriteString("profiling", "Ask with profile_db=true for how long look-ups take.");
            return;
        }

        json.WriteStartObject("profiling");
        json.WriteNumber("lookups", LookupMillis.Length);
        json.WriteNumber("median_ms", Math.Round(LookupMillis[LookupMillis.Length / 2], 3));
        json.WriteNumber("max_ms", Math.Round(LookupMillis[^1], 3));
        json.WriteEndObject();
    }

    private void WriteIntegrity(Utf8JsonWriter json)
    {
        if (Integrity is not { } found)
        {
            json.WriteString("integrity", "Ask with validate_db=true for whether all events can be read.");
            return;
        }

        json.WriteStartObject("integrity");
        json.WriteBoolean("valid", found.Missing == 0);
        json.WriteNumber("events_read", found.Read);
        json.WriteNumber("events_missing", found.Missing);
        json.WriteEndObject();
    }
}
