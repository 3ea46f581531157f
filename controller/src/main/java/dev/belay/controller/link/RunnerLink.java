package dev.belay.controller.link;

import dev.belay.controller.events.EventLog;
import dev.belay.controller.packs.PackStore;
import dev.belay.controller.packs.Scope;
import dev.belay.controller.ports.Visits;
import dev.belay.proto.error.BelayException;
import dev.belay.proto.v1.Carried;
import dev.belay.proto.v1.ControllerMessage;
import dev.belay.proto.v1.Event;
import dev.belay.proto.v1.GetHistoryRequest;
import dev.belay.proto.v1.GetPackRequest;
import dev.belay.proto.v1.GetSecretsRequest;
import dev.belay.proto.v1.PackChunk;
import dev.belay.proto.v1.PackHeader;
import dev.belay.proto.v1.PackStored;
import dev.belay.proto.v1.RunnerLinkGrpc;
import dev.belay.proto.v1.RunnerMessage;
import dev.belay.proto.v1.SecretValues;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service that runners call. */
@Singleton
final class RunnerLink extends RunnerLinkGrpc.RunnerLinkImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(RunnerLink.class);

    private final LinkServices services;
    private final PackStore packs;
    private final PackAccess access;
    private final EventLog log;
    private final TaskSecrets secrets;
    private final Visits visits;

    RunnerLink(
            LinkServices services,
            PackStore packs,
            PackAccess access,
            EventLog log,
            TaskSecrets secrets,
            Visits visits) {
        this.services = services;
        this.packs = packs;
        this.access = access;
        this.log = log;
        this.secrets = secrets;
        this.visits = visits;
    }

    @Override
    public void getHistory(GetHistoryRequest request, StreamObserver<Event> out) {
        try {
            String tenant = access.mayContinue(RunnerAuth.NAME.get(), request.getTask(), request.getEpoch());
            HistoryDownload download =
                    new HistoryDownload((ServerCallStreamObserver<Event>) out, log, tenant, request.getTask());
            Thread.ofVirtual().name("history-out").start(download);
        } catch (BelayException refused) {
            out.onError(GrpcErrors.status(refused).asRuntimeException());
        } catch (JdbiException away) {
            out.onError(GrpcErrors.later(away).asRuntimeException());
        }
    }

    @Override
    public void getSecrets(GetSecretsRequest request, StreamObserver<SecretValues> out) {
        try {
            out.onNext(
                    secrets.of(RunnerAuth.NAME.get(), RunnerAuth.ALONE.get(), request.getTask(), request.getEpoch()));
            out.onCompleted();
        } catch (BelayException refused) {
            out.onError(GrpcErrors.status(refused).asRuntimeException());
        } catch (JdbiException away) {
            out.onError(GrpcErrors.later(away).asRuntimeException());
        }
    }

    @Override
    public StreamObserver<RunnerMessage> session(StreamObserver<ControllerMessage> out) {
        return new Session(services, (ServerCallStreamObserver<ControllerMessage>) out);
    }

    @Override
    public StreamObserver<PackChunk> putPack(StreamObserver<PackStored> out) {
        return new PackUpload(
                packs, access, services.disk(), RunnerAuth.NAME.get(), (ServerCallStreamObserver<PackStored>) out);
    }

    @Override
    public StreamObserver<Carried> carry(StreamObserver<Carried> out) {
        return new CarriedVisit(visits, RunnerAuth.NAME.get(), (ServerCallStreamObserver<Carried>) out);
    }

    @Override
    public void getPack(GetPackRequest request, StreamObserver<PackChunk> out) {
        try {
            Scope scope = access.mayFetch(RunnerAuth.NAME.get(), request.getTask());
            InputStream pack = packs.open(scope, request.getSha256());
            PackHeader header = PackHeader.newBuilder()
                    .setTask(request.getTask())
                    .setSha256(request.getSha256())
                    .setSize(packs.size(scope, request.getSha256()))
                    .build();
            Thread.ofVirtual()
                    .name("pack-out")
                    .start(new PackDownload((ServerCallStreamObserver<PackChunk>) out, header, pack));
        } catch (BelayException refused) {
            out.onError(GrpcErrors.status(refused).asRuntimeException());
        } catch (JdbiException away) {
            out.onError(GrpcErrors.later(away).asRuntimeException());
        } catch (IOException unreadable) {
            LOG.error("a pack cannot be opened", unreadable);
            out.onError(Status.INTERNAL
                    .withDescription("E_INTERNAL: the pack cannot be read")
                    .asRuntimeException());
        }
    }
}
