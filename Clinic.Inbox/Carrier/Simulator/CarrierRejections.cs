namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>What Vonage writes beside the code of a text that did not arrive.</summary>
internal static class CarrierRejections
{
    public static string Detail(string code) =>
        code switch
        {
            "1000" =>
                "Throttled - You have exceeded the submission capacity allowed on this account. Please wait and retry",
            "1170" => "Invalid or Missing MSISDN Param - The phone number is invalid",
            "1190" => "Error in the destination network - The message was blocked",
            "1240" => "Illegal Sender Address - The destination number has opted out",
            "1360" => "TTL was surpassed - The message expired before it could be delivered",
            "1380" => "Invalid resource - The media URL could not be fetched",
            "1381" => "Invalid resource - The media is too large",
            "1382" => "Invalid resource - The media type is not supported",
            "1430" => "Invalid recipient - The number is not reachable by this channel",
            _ => "Error - The message could not be delivered",
        };
}
