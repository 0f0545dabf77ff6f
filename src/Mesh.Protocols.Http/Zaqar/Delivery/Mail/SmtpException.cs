namespace Mesh.Protocols.Http.Zaqar.Delivery.Mail;

/// <summary>The mail server refused something, or what it says is no SMTP.</summary>
internal sealed class SmtpException(string message) : Exception(message);
