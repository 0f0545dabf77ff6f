using System.Globalization;
using System.Text;

namespace Mesh.Hosting.Options;

/// <summary>All options of one program: the one place for their names, forms, defaults and ranges.</summary>
/// <param name="program">Its folder, as the command that starts it names it.</param>
/// <param name="about">What the program is, in one sentence.</param>
/// <param name="all">In the order of the help text.</param>
/// <param name="check">What holds between options; an <see cref="OptionException"/> says what does not.</param>
public sealed class OptionTable<T>(string program, string about, IReadOnlyList<Option<T>> all, Action<T> check)
    where T : new()
{
    public IReadOnlyList<Option<T>> All { get; } = all;

    /// <summary>Set of a command that shares its surroundings with a program of more options: those it does not know it passes over in variables and in the file.</summary>
    public bool IsOfCommand { get; init; }

    /// <summary>Options of other programs, understood so that whoever comes from there need not change how it starts; or refused with what replaces them.</summary>
    public IReadOnlyList<Option<T>> Foreign { get; init; } = [];

    /// <returns>Null when there is none. Case does not count, and <c>_</c> stands for <c>-</c>.</returns>
    public Option<T>? Find(string name) =>
        All.Concat(Foreign).FirstOrDefault(option => option.Name.Equals(name.Replace('_', '-'), StringComparison.OrdinalIgnoreCase));

    /// <exception cref="OptionException">They do not go together.</exception>
    public T Checked(T options)
    {
        check(options);
        return options;
    }

    /// <summary>The text of <c>--help</c>.</summary>
    public string Usage()
    {
        var text = new StringBuilder($$"""
            {{about}}

            Usage: dotnet run -c Release --project {{program}} -- [--option value]…

            An option on the command line wins over its environment variable, and that over appsettings.json
            in the working directory ({ "Mesh": { "{{All[0].Name}}": "{{All[0].Default}}" } }).


            """);
        foreach (var option in All)
            text.Append(CultureInfo.InvariantCulture, $"  --{option.Name} {option.Form}{(option.Clear is null ? "" : "   (may be repeated)")}\n      {option.Help}\n      default {option.Default}; variable {option.Variable}\n");
        foreach (var option in Foreign) text.Append(CultureInfo.InvariantCulture, $"  --{option.Name} {option.Form}\n      {option.Help}\n");
        return text.Append("  --help\n      this text\n").ToString();
    }
}
