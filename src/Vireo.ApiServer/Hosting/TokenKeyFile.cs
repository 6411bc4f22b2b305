using System.Security.Cryptography;
using Vireo.ApiServer.Security;

namespace Vireo.ApiServer.Hosting;

/// <summary>Where the key is kept that signs the tokens of service accounts.</summary>
internal static class TokenKeyFile
{
    /// <summary>Reads the key, or makes it at the first start.</summary>
    /// <exception cref="ApiServerStartException">There is one, and it cannot be used.</exception>
    public static TokenKey Open(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                return TokenKey.Parse(File.ReadAllText(path));
            }

            var made = TokenKey.Create();
            StateFolder.WriteSecret(path, made.ToPem());
            return made;
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ApiServerStartException(
                $"The key {path}, which signs the tokens of service accounts, cannot be used ({fault.Message.TrimEnd('.')}): "
                    + "restore it, or delete it to have a new one made; tokens made with the old one then hold no more.",
                fault
            );
        }
    }
}
