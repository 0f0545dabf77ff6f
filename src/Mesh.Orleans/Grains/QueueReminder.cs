using Mesh.Orleans.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Mesh.Orleans.Grains;

/// <summary>
/// Wakes a queue now and then although nobody asks for it, as long as it holds records: else what has expired would stay in storage until somebody does. A row
/// of Orleans' reminders, written beside what the queue does. Without a reminder service nothing is done. In the turns of the grain.
/// </summary>
/// <param name="grain">The queue's.</param>
/// <param name="period">How often it is woken.</param>
internal sealed class QueueReminder(IGrainBase grain, TimeSpan period)
{
    private const string Name = "maintain";

    private readonly bool _isPossible = grain.GrainContext.ActivationServices.GetService<IReminderTable>() is not null;
    private bool _isSet;

    /// <summary>The queue holds records now.</summary>
    public void Set()
    {
        if (_isSet || !_isPossible) return;
        _isSet = true;
        _ = SetAsync();
    }

    /// <summary>Takes the reminder away, unless the queue holds records again by then.</summary>
    public async Task ClearAsync(Func<ValueTask<bool>> isEmpty)
    {
        // From here on whoever adds a record sets it anew, which makes it another.
        var reminder = await grain.GetReminder(Name);
        _isSet = false;
        if (reminder is null || !await isEmpty()) return;
        try
        {
            await grain.UnregisterReminder(reminder);
        }
        catch (Exception reason) when (Patience.IsOfTheCluster(reason))
        {
            // Set anew meanwhile, or the next time clears it.
        }
    }

    private async Task SetAsync()
    {
        try
        {
            await grain.RegisterOrUpdateReminder(Name, period, period);
        }
        catch (Exception)
        {
            // The database does not answer: the next record tries again.
            _isSet = false;
        }
    }
}
