using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Auditing;

/// <summary>What is written down of one request: who asked for what, and how it ended. Never what was in it.</summary>
internal sealed class AuditEntry(HttpContext http, DateTimeOffset received)
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>Who came in; null while that is not known.</summary>
    public Caller? Caller { get; set; }

    /// <summary>Whom they act as; null when they act as themselves.</summary>
    public Caller? ActingAs { get; set; }

    /// <summary>What is asked; null for a path that is no resource.</summary>
    public AccessRequest? Access { get; set; }

    /// <summary>Why it was refused, in one word; null when it was not.</summary>
    public string? Refusal { get; set; }

    /// <summary>
    /// True for what is written down: all but the noise of Vireo's own parts, which read and beat all the time. Whoever
    /// comes over the network is told of where it counts, agents too: a host may be in wrong hands.
    /// </summary>
    public bool IsTold =>
        Caller switch
        {
            { Host: not null } => IsChange || Access is { Resource: "secrets" } || IsForbidden,
            { IsSystem: true } when IsInProcess => IsChange,
            _ => true,
        };

    private bool IsInProcess => http.Features.Get<Caller>() is not null;

    private bool IsForbidden => http.Response.StatusCode is 401 or 403;

    /// <summary>Neither reading nor beating; a path that is no resource is judged by the method.</summary>
    private bool IsChange =>
        Access is null
            ? !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
            : Access.Verb is not ("get" or "list" or "watch") && Access.Resource is not ("leases" or "events");

    /// <summary>Writes the entry as one line of JSON, an Event of audit.k8s.io/v1.</summary>
    public byte[] ToLine(DateTimeOffset ended)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            var request = http.Request;
            writer.WriteStartObject();
            writer.WriteString("kind", "Event");
            writer.WriteString("apiVersion", "audit.k8s.io/v1");
            writer.WriteString("level", "Metadata");
            writer.WriteString("auditID", Guid.NewGuid());
            writer.WriteString("stage", "ResponseComplete");
            writer.WriteString("requestURI", request.Path + request.QueryString);
            writer.WriteString("verb", Access?.Verb ?? request.Method.ToLowerInvariant());
            WriteUser(writer, "user", Caller);
            if (ActingAs is not null)
            {
                WriteUser(writer, "impersonatedUser", ActingAs);
            }

            if (http.Connection.RemoteIpAddress is { } address)
            {
                writer.WriteStartArray("sourceIPs");
                writer.WriteStringValue(address.ToString());
                writer.WriteEndArray();
            }

            if (request.Headers.UserAgent.ToString() is { Length: > 0 } agent)
            {
                writer.WriteString("userAgent", agent);
            }

            WriteObject(writer);
            WriteEnd(writer, ended);
            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private void WriteObject(Utf8JsonWriter writer)
    {
        if (Access is not { Path: null } about)
        {
            return;
        }

        var parts = about.Resource.Split('/', 2);
        writer.WriteStartObject("objectRef");
        writer.WriteString("resource", parts[0]);
        Write(writer, "namespace", about.Namespace);
        Write(writer, "name", about.Name);
        Write(writer, "apiGroup", about.Group.Length > 0 ? about.Group : null);
        Write(writer, "subresource", parts.Length > 1 ? parts[1] : null);
        writer.WriteEndObject();
    }

    private void WriteEnd(Utf8JsonWriter writer, DateTimeOffset ended)
    {
        writer.WriteStartObject("responseStatus");
        writer.WriteNumber("code", http.Response.StatusCode);
        Write(writer, "reason", Refusal);
        writer.WriteEndObject();
        writer.WriteString("requestReceivedTimestamp", received.UtcDateTime.ToString(Time, null));
        writer.WriteString("stageTimestamp", ended.UtcDateTime.ToString(Time, null));
        writer.WriteStartObject("annotations");
        writer.WriteString("authorization.k8s.io/decision", IsForbidden ? "forbid" : "allow");
        writer.WriteEndObject();
    }

    private static void WriteUser(Utf8JsonWriter writer, string name, Caller? caller)
    {
        writer.WriteStartObject(name);
        if (caller is not null)
        {
            writer.WriteString("username", caller.Name);
            Write(writer, "uid", caller.Uid);
            writer.WriteStartArray("groups");
            foreach (var group in caller.Groups)
            {
                writer.WriteStringValue(group);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
