namespace Clinic.Inbox.Carrier.Simulator;

/// <summary>Photos and a document to send in the demo, drawn when first asked for.</summary>
public sealed class SampleFiles;
