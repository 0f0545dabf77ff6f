using Npgsql;

namespace Mesh.Storage.AdoNet.Postgres;

/// <summary>Reads both ways to name a PostgreSQL database, and adds what Mesh needs of a connection.</summary>
internal static class PostgresConnectionText
{
    /// <summary>
    /// <c>synchronous_commit</c>: an ack means durable, whatever the server's default. The plans: every query of ours goes by a key, but a plan made
    /// while a table was small would read it whole for ever.
    /// </summary>
    private const string Settings =
        "-c synchronous_commit=on -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off";

    /// <summary>Connections at most, unless the setting says otherwise. The driver's own default is all that a server takes by its default.</summary>
    private const int ConnectionsMax = 32;

    /// <summary>Membership, reminders and grain storage each have a pool of this size: a silo writes one row every few seconds.</summary>
    private const int OrleansConnectionsMax = 4;

    private const int DriversConnectionsMax = 100;

    public static bool Names(string data) => IsUri(data) || data.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">The text is no connection string.</exception>
    public static string Parse(string data)
    {
        try
        {
            var text = IsUri(data) ? FromUri(data) : new NpgsqlConnectionStringBuilder(data);
            text.Options = string.IsNullOrEmpty(text.Options) ? Settings : $"{text.Options} {Settings}";
            text.ApplicationName ??= "Mesh";

            // Our statements are few and always the same. We change no session setting, so nothing needs to be reset.
            if (text.MaxAutoPrepare == 0) text.MaxAutoPrepare = 64;
            text.AutoPrepareMinUsages = 2;
            if (text.MaxPoolSize == DriversConnectionsMax) text.MaxPoolSize = ConnectionsMax;
            text.NoResetOnClose = true;
            return text.ToString();
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or UriFormatException)
        {
            throw new ArgumentException($"The PostgreSQL connection string cannot be read: {failure.Message}", nameof(data), failure);
        }
    }

    /// <summary>The same database for Orleans, whose tables stand in a schema of their own and whose statements are not ours.</summary>
    /// <exception cref="ArgumentException">The text is no connection string.</exception>
    public static string ForOrleans(string data)
    {
        var text = new NpgsqlConnectionStringBuilder(Parse(data)) { SearchPath = "orleans", MaxPoolSize = OrleansConnectionsMax, MaxAutoPrepare = 0, ApplicationName = "Mesh (Orleans)" };
        text.Options = text.Options!.Replace(Settings, "", StringComparison.Ordinal).Trim();
        return text.ToString();
    }

    private static bool IsUri(string data) =>
        data.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || data.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static NpgsqlConnectionStringBuilder FromUri(string data)
    {
        var uri = new Uri(data);
        var text = new NpgsqlConnectionStringBuilder { Host = uri.Host };
        if (uri.Port > 0) text.Port = uri.Port;
        if (uri.AbsolutePath.Length > 1) text.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) text.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) text.Password = Uri.UnescapeDataString(user[1]);
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            text[KeyOf(pair[0])] = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
        }

        return text;
    }

    /// <summary>libpq's names where they differ from the driver's.</summary>
    private static string KeyOf(string key) => key switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "application_name" => "Application Name",
        "connect_timeout" => "Timeout",
        _ => Uri.UnescapeDataString(key),
    };
}
