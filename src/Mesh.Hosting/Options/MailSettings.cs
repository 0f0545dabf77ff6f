using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mesh.Protocols.Http.Zaqar.Delivery.Mail;

namespace Mesh.Hosting.Options;

/// <summary>How mail is sent.</summary>
public sealed record MailSettings
{
    /// <summary>SMTP server, host and port. Default null: no mail is sent.</summary>
    public (string Host, int Port)? Server { get; init; }

    /// <summary>Default when the server offers it.</summary>
    public SmtpTls Tls { get; init; } = SmtpTls.Offered;

    /// <summary>PEM file of certificates trusted to vouch for the server. Default null: the system's.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Default null: we do not say who we are.</summary>
    public string? User { get; init; }

    /// <summary>Default null.</summary>
    public Secret? Password { get; init; }

    /// <summary>Sender of mails whose subscription names none. Default <c>zaqar@localhost</c>.</summary>
    public string From { get; init; } = "zaqar@localhost";

    /// <summary>The options of the command line that set these.</summary>
    /// <param name="change">Gives options whose settings are changed.</param>
    public static IReadOnlyList<Option<T>> Of<T>(Func<T, Func<MailSettings, MailSettings>, T> change) =>
    [
        new("zaqar-smtp", "host:port | off", "off", "SMTP server through which Zaqar mails to mailto subscribers",
            (options, text) => change(options, mail => mail with { Server = text == "off" ? null : OptionText.HostAndPort(text) })),
        new("zaqar-smtp-tls", "off | offered | required", "offered", "when STARTTLS encrypts the mails' way: never, when the server offers it, or always; the certificate must be good",
            (options, text) => change(options, mail => mail with { Tls = OptionText.Word<SmtpTls>(text) })),
        new("zaqar-smtp-ca", "path | off", "off", "PEM file of certificates that are trusted to vouch for the SMTP server, in place of the system's",
            (options, text) => change(options, mail => mail with { AuthoritiesFile = OptionText.UnlessOff(text) })),
        new("zaqar-smtp-user", "name | off", "off", "user at the SMTP server; only ever sent encrypted",
            (options, text) => change(options, mail => mail with { User = OptionText.UnlessOff(text) })),
        new("zaqar-smtp-password", Secret.Form, "off", "where the user's password is: the first line of a file, or a variable",
            (options, text) => change(options, mail => mail with { Password = Secret.Parse(text) }), IsSecret: true),
        new("zaqar-smtp-from", "address", "zaqar@localhost", "sender of mails whose subscription names none",
            (options, text) => change(options, mail => mail with { From = text })),
    ];

    /// <exception cref="OptionException">They do not go together.</exception>
    public void Check()
    {
        if (User is null != Password is null) throw new OptionException("--zaqar-smtp-user and --zaqar-smtp-password are given both or not at all.");
        if (User is not null && Tls == SmtpTls.Off) throw new OptionException("--zaqar-smtp-tls is off, and a password goes over encrypted connections alone; require STARTTLS, or give no user.");
        try
        {
            ToOptions()?.Check();
        }
        catch (Exception wrong) when (wrong is ArgumentException)
        {
            throw new OptionException($"--zaqar-smtp-from: {wrong.Message}");
        }
    }

    /// <returns>Null when no mail is sent.</returns>
    /// <exception cref="OptionException">The file of certificates cannot be read.</exception>
    public SmtpOptions? ToOptions() => Server is not { } server ? null : new SmtpOptions
    {
        Host = server.Host,
        Port = server.Port,
        Tls = Tls,
        Authorities = AuthoritiesFile is { } file ? ReadAuthorities(file) : null,
        User = User,
        Password = Password?.Value,
        From = From,
    };

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0 ? certificates : throw new OptionException($"--zaqar-smtp-ca: {file} holds no certificate in PEM form.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OptionException($"--zaqar-smtp-ca: {file} cannot be read: {failure.Message}");
        }
    }
}
