using Clinic.Inbox.Carrier;
using Clinic.Inbox.Conversations;
using Clinic.Inbox.Data;

var root = ContentRoot.Find();
var fromSource = Directory.Exists(Path.Combine(root, "wwwroot-assets"));
var builder = WebApplication.CreateBuilder(
    new WebApplicationOptions
    {
        Args = args,
        ApplicationName = "Clinic.Inbox",
        ContentRootPath = root,
        WebRootPath = fromSource ? "wwwroot-assets" : "wwwroot",
    }
);

builder.Services.AddInboxDb(builder.Configuration);
builder.Services.AddConversations();
builder.Services.AddVonage(builder.Configuration, builder.Environment);

var app = builder.Build();
await DatabaseSetup.MigrateAsync(app.Services, CancellationToken.None);

app.MapStaticAssets();
app.MapVonageWebhooks();

await app.RunAsync();
