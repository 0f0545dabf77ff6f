using System.Buffers;
using System.Globalization;

namespace Mesh.Protocols.Http.Rse;

/// <summary>The parameters of a request (RSE specification, sections 2.4 and 2.5; <c>wait</c> is ours). Of a repeated one the last counts; unknown ones do not count.</summary>
internal readonly struct RseQuery
{
    /// <summary>Events that a read returns when it does not say, or says none or fewer.</summary>
    public const int EventsDefault = 200;

    /// <summary>Events that a read returns at the most, whatever it says.</summary>
    public const int EventsMax = 500;

    /// <summary>Seconds that a read waits at the most, whatever it says.</summary>
    public const int WaitSecondsMax = 60;

    private static readonly SearchValues<char> CallbackChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <param name="query">Without the question mark.</param>
    public RseQuery(ReadOnlySpan<char> query)
    {
        ReadOnlySpan<char> lastKnownId = "0", maxEvents = "0", sort = "1", wait = "0", postData = default;
        var hasPostData = false;
        var parameters = new QueryParameters(query);
        while (parameters.MoveNext())
        {
            var value = parameters.Value;
            switch (parameters.Name)
            {
                case "last-known-id": lastKnownId = value; break;
                case "max-events": maxEvents = value; break;
                case "sort": sort = value; break;
                case "wait": wait = value; break;
                case "echo": Echo = value is "true"; break;
                case "events": Scope = ReadScope(value); break;
                case "callback": Callback = value.ToString(); break;
                case "method": IsPublish = value is "POST"; break;
                case "post-data":
                    hasPostData = true;
                    postData = parameters.RawValue;
                    break;
            }
        }

        string? fault = null;
        After = new RecordTime(Math.Max(0, ReadNumber("last-known-id", lastKnownId, ref fault)));
        var events = ReadNumber("max-events", maxEvents, ref fault);
        EventsLimit = events <= 0 ? EventsDefault : (int)Math.Min(events, EventsMax);
        Descending = ReadNumber("sort", sort, ref fault) == -1;
        Wait = TimeSpan.FromSeconds(Math.Clamp(ReadNumber("wait", wait, ref fault), 0, WaitSecondsMax));
        NumberFault = fault;
        if (IsPublish && hasPostData) PostData = QueryParameters.DecodeBytes(postData);
    }

    public RecordTime After { get; }

    /// <summary>1 to <see cref="EventsMax"/>.</summary>
    public int EventsLimit { get; }

    public bool Descending { get; }

    /// <summary>How long to wait for events when there are none. 0 to <see cref="WaitSecondsMax"/> seconds.</summary>
    public TimeSpan Wait { get; }

    public bool Echo { get; }

    public ChannelScope Scope { get; }

    /// <summary>Function that a JSON-P page wants called; null when the answer is to be plain.</summary>
    public string? Callback { get; }

    /// <summary>True when no callback was named, or one that JSON-P takes.</summary>
    public bool IsCallbackValid => Callback is null || (Callback.Length > 0 && !Callback.AsSpan().ContainsAnyExcept(CallbackChars));

    /// <summary>A GET with this is a POST.</summary>
    public bool IsPublish { get; }

    /// <summary>The event that a GET publishes; null when there is none.</summary>
    public byte[]? PostData { get; }

    /// <summary>What is wrong with the numbers of a read; null when they are numbers.</summary>
    public string? NumberFault { get; }

    private static ChannelScope ReadScope(ReadOnlySpan<char> value) => value switch
    {
        "parent" => ChannelScope.Parents,
        "all" => ChannelScope.Descendants,
        _ => ChannelScope.Exact,
    };

    /// <summary>Reads a cursor.</summary>
    /// <returns>Null when it is no number; then <paramref name="fault"/> says so.</returns>
    public static RecordTime? ReadId(string name, ReadOnlySpan<char> value, out string? fault)
    {
        fault = null;
        var id = ReadNumber(name, value, ref fault);
        return fault is null ? new RecordTime(Math.Max(0, id)) : null;
    }

    private static long ReadNumber(string name, ReadOnlySpan<char> value, ref string? fault)
    {
        const NumberStyles Form = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        if (!long.TryParse(value, Form, CultureInfo.InvariantCulture, out var number))
            fault ??= $"{name} must be a whole number of at most 64 bits; it was '{value}'";
        return number;
    }
}
