using System.Diagnostics;
using System.Text.Json;
using Mesh.Frames;

namespace Mesh.Protocols.Http.Zaqar.Pools;

/// <summary>Whether one store works, found out by each kind of work done in it once.</summary>
/// <param name="Operations">What was done, in this order.</param>
internal sealed record HealthProbe(IReadOnlyList<HealthProbe.Operation> Operations)
{
    private const string Deletion = "delete_queue";

    private static readonly ClaimTerms Terms = new(TimeSpan.FromMinutes(1), TimeSpan.Zero);

    /// <summary>Something worked that needs the store; a queue is deleted whether its pool is there or not.</summary>
    public bool IsReachable => Operations.Any(each => each.Succeeded && each.Name != Deletion);

    /// <summary>Works in a queue of its own, that is deleted in the end.</summary>
    /// <param name="mesh">Where.</param>
    /// <param name="pool">In which pool; null in the host's own store.</param>
    /// <param name="cancel">Ends the work.</param>
    public static async ValueTask<HealthProbe> RunAsync(IMesh mesh, string? pool, CancellationToken cancel)
    {
        var name = StreamName.Queue(Guid.NewGuid().ToString("N"), InnerProjects.Health);
        var queue = mesh.Queue(name);
        var operations = new List<Operation>();
        await RunAsync("create_queue", async () => await mesh.Catalogue.CreateAsync(name, new StreamOptions { Pool = pool }, default, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("post_messages", async () => await PostAsync(queue).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("list_messages", async () => await queue.ListAsync(new QueueQuery(), cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("claim_messages", async () => await queue.ClaimAsync(1, Terms, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("delete_messages", async () => await queue.DeleteAsync([Sequence.First], cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync(Deletion, async () => await mesh.Catalogue.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
        return new HealthProbe(operations);

        async Task RunAsync(string operation, Func<Task> work) => operations.Add(await TimeAsync(operation, work).ConfigureAwait(false));
    }

    /// <summary>Writes its fields into an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("storage_reachable"u8, IsReachable);
        json.WriteStartObject("operation_status"u8);
        foreach (var operation in Operations)
        {
            json.WriteStartObject(operation.Name);
            json.WriteBoolean("succeeded"u8, operation.Succeeded);
            json.WriteNumber("seconds"u8, operation.Took.TotalSeconds);
            if (operation.Succeeded) json.WriteNull("ref"u8);
            else json.WriteString("ref"u8, Activity.Current?.Id ?? operation.Name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static async Task PostAsync(IQueue queue)
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { ContentType = ContentType.Json }, "null"u8);
        if (ErrorMap.Of(await queue.AppendAsync(writer.Finish(), new AppendOptions { MustExist = true }).ConfigureAwait(false)) is { } failure) throw new StorageUnavailableException(failure.Message);
    }

    private static async Task<Operation> TimeAsync(string name, Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await work().ConfigureAwait(false);
            return new Operation(name, true, Stopwatch.GetElapsedTime(began));
        }
        catch (Exception failure) when (ErrorMap.Of(failure) is not null)
        {
            return new Operation(name, false, Stopwatch.GetElapsedTime(began));
        }
    }

    internal sealed record Operation(string Name, bool Succeeded, TimeSpan Took);
}
