using System.Security.Cryptography.X509Certificates;

namespace Mesh.Protocols.Http.Zaqar.Delivery.Mail;

/// <summary>When a connection to the mail server is encrypted, by STARTTLS (RFC 3207).</summary>
public enum SmtpTls
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>When the server offers it.</summary>
    Offered,

    /// <summary>Always: a server that does not offer it gets no mail.</summary>
    Required,
}

/// <summary>The mail server through which mailto subscribers are told.</summary>
public sealed record SmtpOptions
{
    /// <summary>Name or address of the server.</summary>
    public required string Host { get; init; }

    /// <summary>Default 25; 1 to 65,535.</summary>
    public int Port { get; init; } = 25;

    /// <summary>Default when the server offers it. Whenever it is used, the server's certificate must be good for <see cref="Host"/>.</summary>
    public SmtpTls Tls { get; init; } = SmtpTls.Offered;

    /// <summary>Certificates that are trusted to vouch for the server, in place of the system's. Default null: the system's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Who we are to the server. Default null: it is not told. Goes, with the password, over encrypted connections alone.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>Sender of mails whose subscription names none.</summary>
    public string From { get; init; } = "zaqar@localhost";

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host}:{Port}";

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public void Check()
    {
        if (Port is < 1 or > 65_535) throw new ArgumentException($"{nameof(Port)} must be 1 to 65535; it is {Port}.");
        if (User is null != Password is null) throw new ArgumentException($"{nameof(User)} and {nameof(Password)} are given both or not at all.");
        if (User is not null && Tls == SmtpTls.Off) throw new ArgumentException($"A {nameof(Password)} goes over encrypted connections alone, and {nameof(Tls)} is off.");
        if (!MailText.TryParseAddress(From, out _)) throw new ArgumentException($"{nameof(From)} must be a mail address such as zaqar@example.org; it is '{From}'.");
    }
}
