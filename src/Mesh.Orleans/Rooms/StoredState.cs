using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Mesh.Orleans.Rooms;

/// <summary>
/// What a grain keeps in the silo's grain storage, so that it outlives all silos. Rooms live in memory: a storage that is missing or does not answer stops
/// nobody, and what could not be written is written with the next change. In the turns of the grain.
/// </summary>
/// <param name="name">Of the state.</param>
/// <param name="grain">Whose.</param>
internal sealed partial class StoredState<T>(string name, IGrainContext grain)
    where T : class, new()
{
    private readonly IGrainStorage? _storage = grain.ActivationServices.GetService<IGrainStorage>();
    private readonly ILogger _log = grain.ActivationServices.GetRequiredService<ILogger<StoredState<T>>>();
    private readonly GrainState<T> _state = new(new T());
    private Task _saving = Task.CompletedTask;
    private long _changes;
    private long _saved;

    /// <returns>Null when there is no storage, or it does not answer; an empty one when nothing was kept.</returns>
    public async Task<T?> LoadAsync()
    {
        if (_storage is null) return null;
        try
        {
            await _storage.ReadStateAsync(name, grain.GrainId, _state);
            return _state.State;
        }
        catch (Exception reason) when (reason is not OutOfMemoryException)
        {
            LogNotRead(_log, grain.GrainId, reason);
            return null;
        }
    }

    /// <summary>Ends when the present state is stored, or cannot be. Changes made while one is written travel in the next.</summary>
    /// <param name="present">The state as it is when it is written; null to keep none.</param>
    public async Task SaveAsync(Func<T?> present)
    {
        if (_storage is null) return;
        for (var change = ++_changes; _saved < change;)
        {
            if (_saving.IsCompleted) _saving = WriteAsync(present);
            await _saving;
        }
    }

    private async Task WriteAsync(Func<T?> present)
    {
        var changes = _changes;
        try
        {
            try
            {
                await WriteOnceAsync(present());
            }
            catch (InconsistentStateException)
            {
                // An activation before this one has written last.
                await _storage!.ReadStateAsync(name, grain.GrainId, _state);
                await WriteOnceAsync(present());
            }
        }
        catch (Exception reason) when (reason is not OutOfMemoryException)
        {
            LogNotWritten(_log, grain.GrainId, reason);
        }
        finally
        {
            _saved = changes;
        }
    }

    private Task WriteOnceAsync(T? state)
    {
        if (state is null) return _state.RecordExists ? _storage!.ClearStateAsync(name, grain.GrainId, _state) : Task.CompletedTask;
        _state.State = state;
        return _storage!.WriteStateAsync(name, grain.GrainId, _state);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the grain storage holds of {Grain} cannot be read; the processes with listeners are asked instead.")]
    private static partial void LogNotRead(ILogger log, GrainId grain, Exception reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The grain storage does not take the state of {Grain}; it is in memory alone until the next change.")]
    private static partial void LogNotWritten(ILogger log, GrainId grain, Exception reason);
}
