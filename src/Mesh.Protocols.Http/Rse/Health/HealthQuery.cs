namespace Mesh.Protocols.Http.Rse.Health;

/// <summary>The parameters of <c>GET /health</c> (RSE specification, section 5). Of a repeated one the last counts; unknown ones do not count.</summary>
internal readonly struct HealthQuery
{
    /// <param name="query">Without the question mark.</param>
    public HealthQuery(ReadOnlySpan<char> query)
    {
        ReadOnlySpan<char> verbose = "no", profile = "no", validate = "no";
        var parameters = new QueryParameters(query);
        while (parameters.MoveNext())
        {
            switch (parameters.Name)
            {
                case "verbose": verbose = parameters.Value; break;
                case "profile_db": profile = parameters.Value; break;
                case "validate_db": validate = parameters.Value; break;
            }
        }

        string? fault = null;
        IsVerbose = Read("verbose", verbose, ref fault);
        Profiles = Read("profile_db", profile, ref fault);
        Validates = Read("validate_db", validate, ref fault);
        Fault = fault;
    }

    public bool IsVerbose { get; }

    /// <summary>The report says how long storage takes.</summary>
    public bool Profiles { get; }

    /// <summary>The report says whether what is stored is whole.</summary>
    public bool Validates { get; }

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public string? Fault { get; }

    private static bool Read(string name, ReadOnlySpan<char> value, ref string? fault)
    {
        foreach (var yes in new[] { "y", "yes", "t", "true", "on", "1" })
            if (value.Equals(yes, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var no in new[] { "n", "no", "f", "false", "off", "0" })
            if (value.Equals(no, StringComparison.OrdinalIgnoreCase)) return false;
        fault ??= $"{name} must be one of y, yes, t, true, on, 1, n, no, f, false, off, 0; it was '{value}'";
        return false;
    }
}
